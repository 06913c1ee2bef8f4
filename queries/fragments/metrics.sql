-- The four metrics of the first screen, in the order of printing.
metrics as (
    select column1 as metric, column2 as metric_name, column3 as unit, column4 as metric_sort
    from (values
        ('signed', '新签约项目', '个', 1),
        ('started', '新开工项目', '个', 2),
        ('completed', '新竣工项目', '个', 3),
        ('fixed_assets', '固定资产投资', '元', 4)
    ) as listed
)
