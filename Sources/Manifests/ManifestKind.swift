import Domain

/// The kinds of manifests, and how each is read.
enum ManifestKind: String, CaseIterable {
    case repository = "Repository"
    case model = "Model"
    case schema = "Schema"
    case dataset = "Dataset"
    case gate = "Gate"
    case environment = "Environment"
    case deployment = "Deployment"
    case evidence = "Evidence"
    case waiver = "Waiver"

    /// Reads a `spec` field by field.
    func read(_ spec: any ManifestNode) throws(FieldErrors) -> Manifest {
        switch self {
        case .repository: .repository(try RepositorySettings(node: spec))
        case .model: .model(try Model(node: spec))
        case .schema: .schema(try Schema(node: spec))
        case .dataset: .dataset(try Dataset(node: spec))
        case .gate: .gate(try Gate(node: spec))
        case .environment: .environment(try Environment(node: spec))
        case .deployment: .deployment(try Deployment(node: spec))
        case .evidence: .evidence(try ManualEvidence(node: spec))
        case .waiver: .waiver(try Waiver(node: spec))
        }
    }

    /// The JSON Schema of `spec`.
    var specSchema: JSON {
        switch self {
        case .repository: RepositorySettings.schema
        case .model: Model.schema
        case .schema: Schema.schema
        case .dataset: Dataset.schema
        case .gate: Gate.schema
        case .environment: Environment.schema
        case .deployment: Deployment.schema
        case .evidence: ManualEvidence.schema
        case .waiver: Waiver.schema
        }
    }

    /// What it is, for people.
    var summary: String {
        switch self {
        case .repository: "martlet.yaml: what holds for the whole repository"
        case .model: "models/NAME/model.yaml: what a model is, where its artifact lies, and what speaks for it"
        case .schema: "models/NAME/schema.yaml: what each column of the data must look like"
        case .dataset: "data/NAME.yaml: a pointer to data that never changes"
        case .gate: "gates/NAME.yaml: what must hold before a version enters an environment"
        case .environment: "environments/NAME/environment.yaml: where models run, and how they get there"
        case .deployment: "environments/ENV/MODEL.yaml: which version of a model an environment runs"
        case .evidence: "evidence/NAME.yaml: a test that people ran, for half a point of the ML Test Score"
        case .waiver: "waivers/NAME.yaml: lets one version in although one check says no, until a day"
        }
    }
}
