import Domain

extension DeclaredFile {
    static let card = DeclaredFile(
        "file", "Markdown, with a heading for each of the setting sections and some words below it",
        example: """
            # Tumor
            ## Intended use
            It helps a pathologist to sort images; it decides nothing by itself, and a person looks at each.
            """)

    static let weights = DeclaredFile(
        "files", "files of weights: ONNX, safetensors, GGUF, JSON, npy or npz")

    static let pickles = DeclaredFile(
        "files",
        "files of any format that may hold a pickle or a graph: pickle, joblib, PyTorch, Keras, ONNX, TensorFlow, npy")

    static let locks = DeclaredFile(
        "locks", "lists of packages with their versions, as pip, Conda, Poetry or uv write them",
        example: """
            numpy==2.4.1
            scikit-learn==1.9.1
            """)

    static let changes = DeclaredFile(
        "CHANGES.md", "text that names each dependency that changed, where the setting acknowledged asks for it",
        example: "- numpy 2.4.1: built anew, predictions are the same")
}
