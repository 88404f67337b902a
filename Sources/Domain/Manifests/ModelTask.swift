/// What a model predicts.
public enum ModelTask: String, FieldChoice {
    case binaryClassification = "binary-classification"
    case multiclassClassification = "multiclass-classification"
    case regression
    case ranking
    case detection
}
