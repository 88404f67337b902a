extension References {
    /// Reports an address that nothing can be fetched from: with another way to write it, or because that is not built yet.
    mutating func checkAddress(_ pointer: ArtifactPointer, _ file: String, _ fields: [String]) {
        guard let uri = pointer.uri, !["file://", "https://", "http://"].contains(where: uri.hasPrefix) else { return }
        let scheme = uri.prefix { $0 != ":" }
        let isKnown = ["s3", "gs", "az", "abfs", "oci", "hf"].contains(scheme)
        note(
            file, fields, "unreadable-address", severity: isKnown ? .warning : .error,
            "uri: '\(Excerpt.line(uri, limit: 80))' cannot be fetched\(isKnown ? " yet" : "")",
            hint: "write it as https:// or file:///ABSOLUTE/PATH, or use a Git LFS or DVC pointer")
    }
}
