import CLibgit2
import Domain

extension GitWriter {
    /// As many objects still get a file each, as from `git` (`transfer.unpackLimit`): repacking sees to them in time.
    private static let fewObjects = 100

    /// Writes many blobs as one pack, which is several times faster than a file each, and so is reading them.
    ///
    /// Dying before the end leaves a temporary file beside the packs and no object.
    func write(blobs: [[UInt8]]) throws -> [ObjectID] {
        guard blobs.count > Self.fewObjects else { return try blobs.map { try write(blob: $0) } }
        let operation = "write a pack of \(blobs.count) blobs"
        let (memory, repository) = (try memory(operation), repository.pointer)
        defer { git_mempack_reset(memory) }
        let builder = try Owned(freedBy: git_packbuilder_free, operation) { git_packbuilder_new(&$0, repository) }
        let ids = try blobs.map { bytes in
            var id = git_oid()
            try bytes.withUnsafeBytes { bytes in
                try check(git_odb_hash(&id, bytes.baseAddress, bytes.count, GIT_OBJECT_BLOB), operation)
                try check(memory.pointee.write(memory, &id, bytes.baseAddress, bytes.count, GIT_OBJECT_BLOB), operation)
            }
            try check(git_packbuilder_insert(builder.pointer, &id, nil), operation)
            return ObjectID(id)
        }
        try write(builder, operation)
        return ids
    }

    /// Sends the pack to wherever this object database takes packs, which in a hook is the quarantine.
    private func write(_ builder: borrowing Owned, _ operation: String) throws(GitError) {
        var stream: UnsafeMutablePointer<git_odb_writepack>?
        try check(git_odb_write_pack(&stream, objects.pointer, nil, nil), operation)
        guard let stream else { throw GitError(.unknown, operation, "libgit2 returned no stream") }
        defer { stream.pointee.free(stream) }
        var sink = (stream: stream, progress: git_indexer_progress())
        let code = withUnsafeMutablePointer(to: &sink) { sink in
            git_packbuilder_foreach(
                builder.pointer,
                { data, size, sink in
                    guard let sink = sink?.assumingMemoryBound(to: PackSink.self) else { return GIT_EUSER.rawValue }
                    return sink.pointee.stream.pointee.append(
                        sink.pointee.stream, data, size, &sink.pointee.progress)
                }, sink)
        }
        try check(code, operation)
        try check(stream.pointee.commit(stream, &sink.progress), operation)
        try check(git_odb_refresh(objects.pointer), operation)
    }

    /// A place in memory that this object database reads from, and writes to only where it is named.
    private func memory(_ operation: String) throws(GitError) -> UnsafeMutablePointer<git_odb_backend> {
        if let memory { return memory }
        var made: UnsafeMutablePointer<git_odb_backend>?
        try check(git_mempack_new(&made), operation)
        guard let made else { throw GitError(.unknown, operation, "libgit2 returned no backend") }
        // Below the priorities of files and packs, which libgit2 tries first. From here on the database owns it.
        try check(git_odb_add_backend(objects.pointer, made, 0), operation)
        memory = made
        return made
    }
}

private typealias PackSink = (stream: UnsafeMutablePointer<git_odb_writepack>, progress: git_indexer_progress)
