from stillflow.api.examples import tutorials as tutorials
