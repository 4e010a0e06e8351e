’
Ý´

NoOp
C
Placeholder
output"dtype"
dtypetype"
shapeshape:
e
PyFunc
input2Tin
output2Tout"
tokenstring"
Tin
list(type)("
Tout
list(type)(ˆ"serve*1.15.52v1.15.4-39-g3db52be8‘
\
xPlaceholder*
shape:ÿÿÿÿÿÿÿÿÿ*
dtype0*#
_output_shapes
:ÿÿÿÿÿÿÿÿÿ
j
PyFuncPyFuncx*
Tin
2*#
_output_shapes
:ÿÿÿÿÿÿÿÿÿ*
token
pyfunc_0*
Tout
2

initNoOp

init_all_tablesNoOp

init_all_tables_1NoOp"†",
saved_model_main_op

init_all_tables_1*n
serving_default[

x
x:0ÿÿÿÿÿÿÿÿÿ 
y
PyFunc:0ÿÿÿÿÿÿÿÿÿtensorflow/serving/predict