import CLibgit2
import Domain

extension GitReader {
    func resolve(_ reference: String) throws -> ObjectID? {
        var id = git_oid()
        let code = git_reference_name_to_id(&id, repository.pointer, reference)
        if [GIT_ENOTFOUND.rawValue, GIT_EINVALIDSPEC.rawValue].contains(code) { return nil }
        try check(code, "resolve \(reference)")
        return ObjectID(id)
    }

    func references(matching glob: String) throws -> [Reference] {
        let repository = repository.pointer
        let iterator = try Owned(freedBy: git_reference_iterator_free, "list \(glob)") {
            git_reference_iterator_glob_new(&$0, repository, glob)
        }
        var found: [Reference] = []
        var reference: OpaquePointer?
        while true {
            let code = git_reference_next(&reference, iterator.pointer)
            if code == GIT_ITEROVER.rawValue { break }
            try check(code, "list \(glob)")
            defer { git_reference_free(reference) }
            guard let reference, let name = git_reference_name(reference).map({ String(cString: $0) }) else { continue }
            // A symbolic reference has no id of its own, and one that dangles has none at all.
            guard let id = try git_reference_target(reference).map({ ObjectID($0.pointee) }) ?? resolve(name) else {
                continue
            }
            found.append(Reference(name: name, target: id))
        }
        return found.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}
