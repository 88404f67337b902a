import CLibgit2
public import Domain

extension GitStore {
    /// The best common ancestor of two commits, or `nil` where their histories do not meet.
    public func mergeBase(_ one: ObjectID, _ other: ObjectID) async throws -> ObjectID? {
        try await reading { try $0.mergeBase(one, other) }
    }

    /// The commit that a person means by `main`, `v1.2~3`, `credit-risk@v1.4.0` or a short id, or `nil`.
    public func revision(_ text: String) async throws -> ObjectID? {
        guard !text.isEmpty, text.utf8.count < 1024 else { return nil }
        return try await reading { reader in
            var object: OpaquePointer?
            var commit: OpaquePointer?
            defer {
                git_object_free(object)
                git_object_free(commit)
            }
            let code = git_revparse_single(&object, reader.repository.pointer, text)
            // Too few digits name nothing, either.
            let absent = [GIT_ENOTFOUND, GIT_EINVALIDSPEC, GIT_EAMBIGUOUS].map(\.rawValue)
            if absent.contains(code) { return nil }
            try check(code, "understand the revision \(Sanitized.text(text))")
            guard git_object_peel(&commit, object, GIT_OBJECT_COMMIT) == 0, let commit else { return nil }
            return git_object_id(commit).map { ObjectID($0.pointee) }
        }
    }

    /// The signature of a commit and the bytes that it signs, or `nil` where it is not signed.
    public func signature(of commit: ObjectID) async throws -> (signature: [UInt8], signed: [UInt8])? {
        try await reading { reader in
            var (id, signature, signed) = (commit.libgit2, git_buf(), git_buf())
            defer {
                git_buf_dispose(&signature)
                git_buf_dispose(&signed)
            }
            let code = git_commit_extract_signature(&signature, &signed, reader.repository.pointer, &id, nil)
            if code == GIT_ENOTFOUND.rawValue {
                _ = try reader.commit(commit)
                return nil
            }
            try check(code, "read the signature of \(commit)")
            return (Self.bytes(signature), Self.bytes(signed))
        }
    }

    /// Writes a commit with the signature that was made of ``CommitText/bytes(of:signature:)`` without one.
    public func write(_ commit: CommitDraft, signature: String) async throws -> ObjectID {
        try await writing { try $0.write(commit, signature: signature) }
    }

    private static func bytes(_ buffer: git_buf) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: buffer.ptr, count: buffer.size))
    }
}
