from stillflow.ops.array.selecting import where_v2

where = where_v2
