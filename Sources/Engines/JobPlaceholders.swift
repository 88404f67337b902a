import Domain

/// Puts the facts of a job where the words of a launcher name them: `{job}`, `{folder}`, `{memoryMiB}`, `{minutes}`, `{seconds}`.
struct JobPlaceholders {
    private static let names = ["job", "folder", "memoryMiB", "minutes", "seconds"]

    /// For the texts of settings.
    static let listed = "{job} (its name), {folder}, {memoryMiB}, {minutes} and {seconds} (its limits)"

    private let values: [String: String]

    init(_ job: Job) {
        let seconds = max(1, min(job.limits.time / .seconds(1), 1e10))
        values = [
            "job": job.name, "folder": job.folder,
            // Schedulers take 0 for no limit.
            "memoryMiB": String(job.limits.memory.map { max(1, $0 / (1 << 20)) } ?? 0),
            "minutes": String(Int((seconds / 60).rounded(.up))), "seconds": String(Int(seconds.rounded(.up))),
        ]
    }

    /// What is filled in is not looked at again. Other braces stay.
    func fill(_ words: [String]) -> [String] {
        words.map { word in
            var result = "", rest = word[...]
            while let open = rest.firstIndex(of: "{") {
                result += rest[..<open]
                rest = rest[open...]
                guard let name = Self.name(at: rest), let value = values[name] else {
                    result += "{"
                    rest = rest.dropFirst()
                    continue
                }
                result += value
                rest = rest.dropFirst(name.count + 2)
            }
            return result + rest
        }
    }

    /// What looks like one and is none.
    static func unknown(in words: [String]) -> [String] {
        words.flatMap { word in word.indices.compactMap { name(at: word[$0...]) } }.filter { !names.contains($0) }
    }

    /// The letters between braces that `text` begins with.
    private static func name(at text: Substring) -> String? {
        guard text.first == "{", let close = text.prefix(40).firstIndex(of: "}") else { return nil }
        let name = text[..<close].dropFirst()
        return !name.isEmpty && name.allSatisfy { $0.isASCII && $0.isLetter } ? String(name) : nil
    }
}
