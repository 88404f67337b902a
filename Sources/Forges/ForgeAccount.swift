import Domain

/// Which repository, where, and with which token: the settings that all forges share.
struct ForgeAccount: Sendable {
    let url: String
    let repository: String
    let token: Secret?
    let login: String?

    /// - Parameters:
    ///   - mostParts: Of the repository's name, where there can be no groups of groups.
    ///   - address: Makes the address of the API of one that may be the site's.
    init(
        _ fields: Fields, url standard: String?, example: String, mostParts: Int? = 2, address: (String) -> String
    ) throws(FieldErrors) {
        let given: String
        if let standard {
            given = fields.value("url", default: standard, "the address of the API, or of the site")
        } else {
            given = try fields.required("url", "the address of the API or of the site, such as \(example)")
        }
        url = given.isEmpty ? given : address(given.hasSuffix("/") ? String(given.dropLast()) : given)
        repository = try fields.required("repository", "the repository as OWNER/NAME")
        token = fields.optional("token", "where the access token is: {env: NAME} or {file: PATH}")
        login = fields.optional("login", "who the token belongs to, where the forge does not tell the token itself")
        if !url.hasPrefix("https://"), !url.hasPrefix("http://"), standard != nil || !url.isEmpty {
            fields.complain(about: "url", "must begin with https:// (or http://)")
        }
        let parts = repository.pathParts(keepingEmpty: true)
        let isSound = parts.count >= 2 && parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
        let isWhole = isSound && (mostParts.map { parts.count <= $0 } ?? true)
        if !isWhole, !repository.isEmpty { fields.complain(about: "repository", "must be OWNER/NAME") }
    }

    /// The address of an API that is at `path` of its site.
    static func address(_ url: String, at path: String) -> String {
        url.pathParts().dropFirst(2).first == "api" || url.hasSuffix(path) ? url : url + path
    }

    /// `owner/name`, each encoded.
    var path: String { repository.pathParts().map { Paging.segment(String($0)) }.joined(separator: "/") }

    var owner: String { String(repository.prefix { $0 != "/" }) }
    var name: String { String(repository.pathParts().last ?? "") }

    func readToken(_ tools: Tools) throws(ForgeFailure) -> String {
        guard let token else {
            throw ForgeFailure(
                .noSecret, "forge: no token; add token: {env: NAME} or {file: PATH} to martlet.yaml", .askHuman)
        }
        guard let text = token.read(tools) else {
            throw ForgeFailure(
                .noSecret, "forge: there is no token in '\(token.name)', which martlet.yaml names", .askHuman)
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw ForgeFailure(
                .noSecret, "forge: what is in '\(token.name)' is no token: it holds spaces or other signs", .askHuman)
        }
        return text
    }

    /// Who the token belongs to: as the settings say, or else as the forge does, where it lets the token ask.
    func login(_ api: ForgeAPI, field: String) async throws -> String {
        if let login { return login }
        return try await api.memory.fact("login") {
            do {
                return try await api.get("/user").text(field)
            } catch let failure as ForgeFailure where failure.reason == .forbidden {
                throw ForgeFailure(
                    .forbidden, "\(failure.description), or say in forge.login who it belongs to", .askHuman)
            }
        }
    }
}
