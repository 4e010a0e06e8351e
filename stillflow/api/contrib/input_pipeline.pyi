from stillflow.ops.io.obtaining import obtain_next as obtain_next
