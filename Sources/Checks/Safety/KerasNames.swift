/// What a Keras configuration may name: the classes of Keras that are built from numbers and texts, and its functions by their names.
///
/// Keras imports the module and takes the name out of it, so that any other module, and any function of Keras itself, could do more.
enum KerasNames {
    static func contains(_ module: String, _ name: String, function: String?) -> Bool {
        if name == "function" { return isModule(module) && functions.contains(function ?? "") }
        guard let group = group(of: module), name.first(where: { $0 != "_" })?.isUppercase == true else { return false }
        return group.isEmpty || group == "models" || group == "engine" ? models.contains(name) : true
    }

    /// Whether something of the module may be named.
    static func isModule(_ module: String) -> Bool { module == "builtins" || group(of: module) != nil }

    /// The part of Keras that a module belongs to; empty for Keras itself.
    private static func group(of module: String) -> Substring? {
        var words = module.split(separator: ".", omittingEmptySubsequences: false)
        guard words.first == "keras" else { return nil }
        words.removeFirst()
        if words.first == "src" { words.removeFirst() }
        guard let group = words.first else { return "" }
        return groups.contains(group) ? group : nil
    }

    private static let groups: Set<Substring> = [
        "activations", "constraints", "dtype_policies", "engine", "initializers", "layers", "losses", "metrics",
        "mixed_precision", "models", "ops", "optimizers", "quantizers", "random", "regularizers",
    ]

    private static let models: Set<String> = [
        "DTypePolicy", "FloatDTypePolicy", "Function", "Functional", "KerasTensor", "Model", "Sequential", "Variable",
    ]

    /// As `keras.activations`, `keras.losses` and `keras.metrics` of Keras 3 export them.
    private static let functions = Set(
        """
        binary_accuracy binary_crossentropy binary_focal_crossentropy categorical_accuracy categorical_crossentropy \
        categorical_focal_crossentropy categorical_hinge celu circle concordance_correlation cosine_similarity ctc dice elu \
        exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh hinge huber kl_divergence \
        leaky_relu linear log_cosh log_sigmoid log_softmax mean_absolute_error mean_absolute_percentage_error \
        mean_squared_error mean_squared_logarithmic_error mish pearson_correlation poisson relu relu6 selu sigmoid \
        silu soft_shrink softmax softplus softsign sparse_categorical_accuracy sparse_categorical_crossentropy \
        sparse_plus sparse_top_k_categorical_accuracy sparsemax squared_hinge squareplus swish tanh tanh_shrink \
        threshold top_k_categorical_accuracy tversky
        """.split(separator: " ").map(String.init))
}
