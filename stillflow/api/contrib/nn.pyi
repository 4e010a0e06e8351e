from stillflow.ops.nn.top_k import nth_element as nth_element
