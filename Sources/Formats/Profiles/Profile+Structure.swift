extension Profile.Format {
    /// The file of the profile's folder that says how the format is built.
    var structureFile: String {
        switch self {
        case .csv: "dialect.json"
        case .xml: "document.json"
        case .tagged, .fixed: "records.json"
        }
    }
}
