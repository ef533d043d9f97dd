/// What the mapping of a field, or a pivot, says besides the column.
struct CellMapping {
    var blank: FieldMapping.Blank
    var trim = FieldMapping.Trim.both
    var isOptional = false
    var values: [(word: String, value: String)] = []
}
