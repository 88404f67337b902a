import CLibgit2

/// Merges three versions of a text line by line.
enum LineMerge {
    /// The most bytes of a version that is merged.
    static let largest = 16 << 20

    /// The merged text, or `nil` where there is a conflict or a version is binary.
    ///
    /// git finds matching lines with another algorithm (histogram) than libgit2 has. Where Myers' and the patience
    /// algorithm do not agree the outcome is a matter of taste, and a person has to decide.
    static func merge(base: [UInt8], ours: [UInt8], theirs: [UInt8]) throws(GitError) -> [UInt8]? {
        guard ![base, ours, theirs].contains(where: isBinary) else { return nil }
        guard let plain = try merge(base, ours, theirs, GIT_MERGE_FILE_DEFAULT),
            let patient = try merge(base, ours, theirs, GIT_MERGE_FILE_DIFF_PATIENCE), plain == patient
        else { return nil }
        return plain
    }

    /// Git's rule: a NUL among the first 8000 bytes.
    private static func isBinary(_ bytes: [UInt8]) -> Bool { bytes.prefix(8000).contains(0) }

    private static func merge(
        _ base: [UInt8], _ ours: [UInt8], _ theirs: [UInt8], _ algorithm: git_merge_file_flag_t
    ) throws(GitError) -> [UInt8]? {
        var options = git_merge_file_options()
        git_merge_file_options_init(&options, UInt32(GIT_MERGE_FILE_OPTIONS_VERSION))
        options.flags = algorithm.rawValue
        var result = git_merge_file_result()
        defer { git_merge_file_result_free(&result) }
        let code = lend(base) { base in
            lend(ours) { ours in
                lend(theirs) { theirs in git_merge_file(&result, base, ours, theirs, &options) }
            }
        }
        try check(code, "merge two versions of a file")
        guard result.automergeable == 1 else { return nil }
        return Array(UnsafeRawBufferPointer(start: result.ptr, count: result.len))
    }

    private static func lend<Result>(
        _ bytes: [UInt8], _ body: (UnsafePointer<git_merge_file_input>) -> Result
    ) -> Result {
        bytes.withUnsafeBytes { bytes in
            var input = git_merge_file_input()
            git_merge_file_input_init(&input, UInt32(GIT_MERGE_FILE_INPUT_VERSION))
            input.ptr = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            input.size = bytes.count
            return body(&input)
        }
    }
}
