import Domain
import Testing

/// The id in the output of a git command.
func objectID(_ text: String) throws -> ObjectID { try #require(ObjectID(text)) }
