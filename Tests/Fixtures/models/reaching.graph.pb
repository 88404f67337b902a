
/
pathPlaceholder*
shape:*
dtype0

readReadFilepath"ª