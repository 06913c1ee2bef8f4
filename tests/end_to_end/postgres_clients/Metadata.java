// What JDBC's users ask (DBeaver, Metabase, DataGrip): pgjdbc's DatabaseMetaData, row limits, typed parameters, cancelling.
// Prints one line per check. Run by: java -cp postgresql.jar Metadata.java PORT USER TOKEN

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Date;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

public class Metadata {
    public static void main(String[] given) throws Exception {
        String address = "jdbc:postgresql://127.0.0.1:" + given[0] + "/qunlian";
        try (Connection connection = open(address, given, "")) {
            metadata(connection.getMetaData(), given[1]);
            keys(connection.getMetaData());
            values(connection);
            faults(connection);
        }
        try (Connection connection = open(address, given, "simple")) {
            metadata(connection.getMetaData(), given[1]);
            say("simple protocol");
        }
        try (Connection connection = open(address, given, "")) {
            portions(connection);
            cancelled(connection);
        }
    }

    private static Connection open(String address, String[] given, String mode) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", given[1]);
        properties.setProperty("password", given[2]);
        properties.setProperty("sslmode", "disable");
        properties.setProperty("ApplicationName", "check");
        // Prepared on the server, and read in binary, from the first time on.
        properties.setProperty("prepareThreshold", "-1");
        if (!mode.isEmpty()) {
            properties.setProperty("preferQueryMode", mode);
        }
        return DriverManager.getConnection(address, properties);
    }

    private static void metadata(DatabaseMetaData about, String user) throws SQLException {
        must(about.getDatabaseProductName().equals("PostgreSQL") && about.getDatabaseMajorVersion() == 15, "product");
        must(column(about.getCatalogs(), "TABLE_CAT").equals(List.of("qunlian")), "catalogs");
        must(column(about.getSchemas(), "TABLE_SCHEM").contains("public"), "schemas");
        must(column(about.getTableTypes(), "TABLE_TYPE").contains("TABLE"), "table types");
        List<String> tables = column(about.getTables("qunlian", "public", "%", new String[] {"TABLE", "VIEW"}), "TABLE_NAME");
        must(tables.contains("projects") && tables.contains("milestones"), "tables " + tables);
        must(column(about.getTables(null, null, "proj%", null), "TABLE_NAME").contains("projects"), "tables by pattern");
        try (ResultSet columns = about.getColumns("qunlian", "public", "targets", "%")) {
            boolean found = false;
            while (columns.next()) {
                if (columns.getString("COLUMN_NAME").equals("value")) {
                    found = true;
                    must(columns.getInt("DATA_TYPE") == Types.BIGINT && columns.getString("TYPE_NAME").equals("int8"), "type of value");
                    must(columns.getString("REMARKS").contains("目标值"), "remarks " + columns.getString("REMARKS"));
                    must(columns.getInt("ORDINAL_POSITION") > 0, "position");
                }
            }
            must(found, "columns");
        }
        List<String> types = column(about.getTypeInfo(), "TYPE_NAME");
        must(types.contains("int8") && types.contains("text") && types.contains("date"), "types " + types);
        must(column(about.getFunctions(null, null, "%"), "FUNCTION_NAME").isEmpty(), "functions");
        must(column(about.getProcedures(null, null, "%"), "PROCEDURE_NAME").isEmpty(), "procedures");
        must(column(about.getUDTs(null, null, "%", null), "TYPE_NAME").isEmpty(), "user types");
        must(column(about.getTablePrivileges(null, "public", "projects"), "PRIVILEGE").size() >= 0, "privileges");
        must(column(about.getColumnPrivileges(null, "public", "projects", "%"), "PRIVILEGE").size() >= 0, "privileges of columns");
        must(column(about.getClientInfoProperties(), "NAME").contains("ApplicationName"), "client info");
        must(about.getSQLKeywords().contains("ilike"), "keywords " + about.getSQLKeywords());
        must(about.getMaxColumnNameLength() == 63 && about.getUserName().equals(user), "limits");
        say("metadata");
    }

    private static void keys(DatabaseMetaData about) throws SQLException {
        must(column(about.getPrimaryKeys(null, "public", "projects"), "COLUMN_NAME").isEmpty(), "primary keys");
        must(column(about.getImportedKeys(null, "public", "projects"), "FKCOLUMN_NAME").isEmpty(), "imported keys");
        must(column(about.getExportedKeys(null, "public", "projects"), "FKCOLUMN_NAME").isEmpty(), "exported keys");
        must(column(about.getCrossReference(null, "public", "projects", null, "public", "targets"), "FKCOLUMN_NAME").isEmpty(), "cross");
        must(column(about.getIndexInfo(null, "public", "projects", false, true), "INDEX_NAME").isEmpty(), "indexes");
        must(column(about.getBestRowIdentifier(null, "public", "projects", 0, true), "COLUMN_NAME").isEmpty(), "row identifier");
        must(column(about.getVersionColumns(null, "public", "projects"), "COLUMN_NAME").size() >= 0, "version columns");
        say("keys");
    }

    private static void values(Connection connection) throws SQLException {
        String sql = "select cast(? as bigint) + 1 as n, ? as words, cast(? as date) as day, cast(? as double) as half, ? as yes,"
            + " cast(? as numeric) as money, ? as nothing";
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int turn = 0; turn < 3; turn++) {
                statement.setLong(1, 41);
                statement.setString(2, "濉溪' or 1=1 --");
                statement.setDate(3, Date.valueOf("2022-05-31"));
                statement.setDouble(4, 0.5);
                statement.setBoolean(5, true);
                statement.setBigDecimal(6, new BigDecimal("12.25"));
                statement.setNull(7, Types.VARCHAR);
                try (ResultSet rows = statement.executeQuery()) {
                    must(rows.next() && rows.getLong("n") == 42 && rows.getString("words").equals("濉溪' or 1=1 --"), "n, words");
                    must(rows.getDate("day").toString().equals("2022-05-31") && rows.getDouble("half") == 0.5, "day, half");
                    must(rows.getBoolean("yes") && rows.getDouble("money") == 12.25, "yes, money");
                    must(rows.getString("nothing") == null && rows.wasNull(), "nothing");
                }
            }
        }
        try (PreparedStatement statement = connection.prepareStatement("select count(*) from milestones where year = ? and milestone = ?")) {
            statement.setInt(1, 2022);
            statement.setString(2, "signed");
            ResultSetMetaData told = statement.getMetaData();
            must(told.getColumnType(1) == Types.BIGINT, "told before it runs");
            try (ResultSet rows = statement.executeQuery()) {
                must(rows.next() && rows.getLong(1) > 0, "count");
            }
        }
        try (PreparedStatement statement = connection.prepareStatement("select date_trunc('month', day) as month from calendar where day = ?")) {
            statement.setDate(1, Date.valueOf("2022-05-31"));
            try (ResultSet rows = statement.executeQuery()) {
                must(rows.getMetaData().getColumnType(1) == Types.TIMESTAMP, "a moment");
                must(rows.next() && rows.getTimestamp("month").toString().equals("2022-05-01 00:00:00.0"), "month");
            }
        }
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select * from projects limit 3")) {
            ResultSetMetaData told = rows.getMetaData();
            must(told.getColumnCount() > 10, "columns of projects");
            // Asks pg_class, by the numbers of the described columns' tables.
            for (int at = 1; at <= told.getColumnCount(); at++) {
                told.isAutoIncrement(at);
                told.isNullable(at);
            }
            must(rows.next(), "projects");
        }
        say("values");
    }

    private static void faults(Connection connection) throws SQLException {
        String[][] bad = {{"insert into projects values (1)", "25006"}, {"select * from project", "42P01"}, {"select (", "42601"}};
        for (String[] one : bad) {
            try (Statement statement = connection.createStatement()) {
                statement.execute(one[0]);
                must(false, one[0]);
            } catch (SQLException fault) {
                must(one[1].equals(fault.getSQLState()), one[0] + ": " + fault.getSQLState());
            }
        }
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
        must(column(connection.createStatement().executeQuery("select 1 + 1 as two"), "two").equals(List.of("2")), "in a transaction");
        connection.rollback();
        connection.setAutoCommit(true);
        must(connection.isValid(5), "valid");
        say("faults");
    }

    private static void portions(Connection connection) throws SQLException {
        connection.setAutoCommit(false);
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(1000);
            int count = 0;
            try (ResultSet rows =
                    statement.executeQuery("select a.day from calendar a cross join (select day from calendar limit 20) b limit 12345")) {
                while (rows.next()) {
                    count++;
                }
            }
            must(count == 12345, "rows in portions: " + count);
            statement.setFetchSize(0);
            statement.setMaxRows(7);
            must(column(statement.executeQuery("select day from calendar"), "day").size() == 7, "at most so many rows");
        }
        connection.commit();
        connection.setAutoCommit(true);
        say("portions");
    }

    private static void cancelled(Connection connection) throws Exception {
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(2);
            statement.execute("select sum(a.month + b.month + c.month + d.month) from calendar a cross join calendar b"
                + " cross join calendar c cross join calendar d");
            must(false, "it ran to its end");
        } catch (SQLException fault) {
            must("57014".equals(fault.getSQLState()), "cancelled: " + fault);
        }
        try (Statement statement = connection.createStatement()) {
            must(column(statement.executeQuery("select 5 as five"), "five").equals(List.of("5")), "after it");
        }
        say("cancelled");
    }

    private static List<String> column(ResultSet rows, String name) throws SQLException {
        List<String> found = new ArrayList<>();
        try (rows) {
            while (rows.next()) {
                found.add(rows.getString(name));
            }
        }
        return found;
    }

    private static void must(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }

    private static void say(String done) {
        System.out.println(done);
    }
}
