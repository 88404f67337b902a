import Domain

/// What else is wrong in files that are broken: whoever mends them is to see it at the same time.
extension Validation {
    /// A snapshot with what can be read of broken files, too: that they are broken is to hide no other mistake.
    struct Loose {
        var edit: SnapshotEdit
        var broken: Set<String> = []
        /// Those of them of which anything can be read.
        var readable: Set<String> = []
        /// What is wrong with the plug-ins that they name.
        var mentioned: [Diagnostic] = []

        var snapshot: Snapshot { edit.snapshot }
    }

    func loose(_ snapshot: Snapshot, _ files: Files) -> Loose {
        var loose = Loose(edit: SnapshotEdit(snapshot))
        for path in snapshot.diagnostics.keys {
            guard let place = ManifestPlace(path: path), let bytes = files.bytes(path) else { continue }
            let file = language.read(bytes, path: path)
            guard file.diagnostics.contains(where: { $0.severity == .error }) else { continue }
            loose.broken.insert(path)
            if loose.edit.put(partial: file, at: place) { loose.readable.insert(path) }
            loose.mentioned += diagnostics(of: file.mentions, in: path)
        }
        return loose
    }

    /// What is wrong between manifests, and with what broken ones name. What these lack may be what could not be read.
    func related(_ loose: Loose, _ files: Files) -> [Diagnostic] {
        loose.mentioned + unknownChecks(loose.snapshot)
            + references(loose.snapshot, files).filter {
                !loose.broken.contains($0.file) || loose.readable.contains($0.file) && $0.isAboutName
            }
    }

    /// Evidence by hand and waivers for checks that there are not.
    func unknownChecks(_ snapshot: Snapshot) -> [Diagnostic] {
        func look(_ file: String, _ check: String, _ message: String) -> Diagnostic? {
            // Where a broken file names none at all, that is told already.
            guard checks[check] == nil, !check.isEmpty || snapshot.diagnostics[file] == nil else { return nil }
            let near = Suggestion.nearest(to: check, in: checks.ids).map { "did you mean '\($0)'?" }
            return Diagnostic(
                file: file, code: "unknown-check", message: "\(message)no check is called '\(check)'",
                hint: near ?? "'martlet kinds' lists them")
        }
        // What a broken file said before stands in no file now.
        return snapshot.evidence.compactMap { $1.isBroken ? nil : look("evidence/\($0).yaml", $1.value.check, "") }
            + snapshot.waivers.compactMap { $1.isBroken ? nil : look("waivers/\($0).yaml", $1.value.check, "check: ") }
    }

    func diagnostics(of mentions: [PluginMention], in file: String) -> [Diagnostic] {
        mentions.flatMap { mention -> [Diagnostic] in
            do throws(FieldErrors) { try make(mention) } catch {
                return error.problems.map { Diagnostic(file: file, $0) }
            }
            return []
        }
    }

    private func make(_ mention: PluginMention) throws(FieldErrors) {
        let plugin = PluginSettings(kind: mention.name, settings: mention.settings)
        switch mention.sort {
        case .check: _ = try checks.make(Gate.Requirement(check: mention.name, settings: mention.settings))
        case .target: _ = try targets.make(plugin)
        case .probe: _ = try probes.make(plugin)
        case .forge: if !forges.kinds.isEmpty { _ = try forges.make(plugin) }
        case .notifier: _ = try notifiers.make(plugin)
        case .engine: if !engines.kinds.isEmpty { _ = try engines.make(plugin) }
        }
    }
}

extension Diagnostic {
    /// Whether it is about a name that leads nowhere.
    fileprivate var isAboutName: Bool { code.hasPrefix("unknown-") }
}
