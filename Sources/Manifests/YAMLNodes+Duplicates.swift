extension YAMLNodes {
    /// The keys of a mapping that were there before, each after its first.
    func duplicateKeys(of mapping: Int32) -> [(first: Int32, second: Int32)] {
        var duplicates: [(first: Int32, second: Int32)] = []
        var child = self[mapping].first
        var count = 0
        while child >= 0, count <= 32 {
            var other = self[mapping].first
            while other != child {
                if isSameText(other, child) {
                    duplicates.append((other, child))
                    break
                }
                other = self[self[other].next].next
            }
            child = self[self[child].next].next
            count += 1
        }
        return count > 32 ? duplicateKeysOfLargeMapping(mapping) : duplicates
    }

    private func isSameText(_ one: Int32, _ other: Int32) -> Bool {
        let (one, other) = (self[one], self[other])
        guard one.kind == .scalar, other.kind == .scalar, one.textEnd - one.textStart == other.textEnd - other.textStart
        else { return false }
        var (left, right) = (Int(one.textStart), Int(other.textStart))
        while left < Int(one.textEnd) {
            guard text[left] == text[right] else { return false }
            left += 1
            right += 1
        }
        return true
    }

    private func duplicateKeysOfLargeMapping(_ mapping: Int32) -> [(first: Int32, second: Int32)] {
        var duplicates: [(first: Int32, second: Int32)] = []
        var seen: [ArraySlice<UInt8>: Int32] = [:]
        var child = self[mapping].first
        while child >= 0 {
            if self[child].kind == .scalar {
                let name = (text[Int(self[child].textStart)..<Int(self[child].textEnd)])
                if let first = seen[name] { duplicates.append((first, child)) } else { seen[name] = child }
            }
            child = self[self[child].next].next
        }
        return duplicates
    }
}
