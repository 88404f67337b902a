/// What pickles of models may import: classes that hold data, and functions that put them together.
///
/// None opens a file, imports or evaluates text while a pickle is loaded, also not through the state that an instance is given,
/// and what is called in turn (a class, the maker of a random generator) is on this list, too. So the distributions of SciPy
/// are left out (their `__setstate__` runs `exec` on a text of the state), as are `getattr`, `functools.partial` and
/// `numpy.vectorize`.
enum HarmlessNames {
    static func contains(_ name: String) -> Bool { all.contains(name) }

    private static let all: Set<String> = {
        var names: Set<String> = []
        for line in (frameworks + "\n" + scikitLearn).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let module = words.first?.dropLast() else { continue }
            for name in words.dropFirst() { names.insert("\(module).\(name)") }
        }
        return names
    }()

    /// A module, then its names.
    private static let frameworks = """
        __builtin__: bytearray bytes complex dict frozenset list object set slice xrange
        _codecs: encode
        builtins: bool bytearray bytes complex dict float frozenset int list object range set slice str tuple
        collections: Counter OrderedDict defaultdict deque
        copy_reg: _reconstructor
        copyreg: _reconstructor
        datetime: date datetime timedelta
        decimal: Decimal
        joblib.numpy_pickle: NumpyArrayWrapper
        lightgbm.basic: Booster
        lightgbm.sklearn: LGBMClassifier LGBMRegressor
        numpy: absolute arcsinh bool bool_ bytes_ cbrt complex128 complex64 cos datetime64 dtype exp exp2 expm1 \
          float16 float32 float64 int16 int32 int64 int8 log log10 log1p log2 mean ndarray negative object_ \
          reciprocal sin sinh sqrt square str_ tan tanh timedelta64 uint16 uint32 uint64 uint8
        numpy._core.multiarray: _reconstruct scalar
        numpy._core.numeric: _frombuffer
        numpy.core.multiarray: _reconstruct scalar
        numpy.core.numeric: _frombuffer
        numpy.ma: MaskedArray
        numpy.ma.core: MaskedArray _mareconstruct
        numpy.random._mt19937: MT19937
        numpy.random._pcg64: PCG64 PCG64DXSM
        numpy.random._philox: Philox
        numpy.random._pickle: __bit_generator_ctor __generator_ctor __randomstate_ctor
        numpy.random._sfc64: SFC64
        numpy.random.bit_generator: SeedSequence __pyx_unpickle_SeedSequence
        scipy._lib.array_api_compat.numpy._aliases: asarray
        scipy.interpolate._bsplines: BSpline
        scipy.sparse._bsr: bsr_array bsr_matrix
        scipy.sparse._coo: coo_array coo_matrix
        scipy.sparse._csc: csc_array csc_matrix
        scipy.sparse._csr: csr_array csr_matrix
        scipy.sparse._dia: dia_array dia_matrix
        scipy.sparse._dok: dok_array dok_matrix
        scipy.sparse._lil: lil_array lil_matrix
        scipy.sparse.csr: csr_matrix
        torch: BFloat16Storage BoolStorage ByteStorage CharStorage DoubleStorage FloatStorage HalfStorage IntStorage \
          LongStorage ShortStorage Size device dtype
        torch._utils: _rebuild_parameter _rebuild_tensor_v2
        torch.jit._pickle: build_boollist build_doublelist build_intlist build_tensor_from_id build_tensorlist \
          restore_type_tag
        xgboost.core: Booster
        xgboost.sklearn: XGBClassifier XGBRegressor
        """

    /// What the pickles of scikit-learn 1.9 hold, as `Tests/ChecksTests/Reference/make_pickle_names.py` finds them.
    private static let scikitLearn = """
        sklearn._loss._loss: __pyx_unpickle_CyHalfMultinomialLoss \
          CyAbsoluteError CyExponentialLoss CyHalfBinomialLoss CyHalfGammaLoss \
          CyHalfMultinomialLoss CyHalfPoissonLoss CyHalfSquaredError CyHalfTweedieLoss CyHalfTweedieLossIdentity \
          CyHuberLoss CyLossFunction CyPinballLoss
        sklearn._loss.link: HalfLogitLink IdentityLink Interval LogLink LogitLink MultinomialLogit
        sklearn._loss.loss: AbsoluteError ExponentialLoss HalfBinomialLoss HalfBinomialLossArrayAPI HalfGammaLoss \
          HalfMultinomialLoss HalfMultinomialLossArrayAPI HalfPoissonLoss HalfPoissonLossArrayAPI HalfSquaredError \
          HalfTweedieLoss HalfTweedieLossIdentity HuberLoss PinballLoss
        sklearn.calibration: CalibratedClassifierCV _CalibratedClassifier _SigmoidCalibration
        sklearn.cluster._affinity_propagation: AffinityPropagation
        sklearn.cluster._agglomerative: AgglomerativeClustering FeatureAgglomeration
        sklearn.cluster._bicluster: SpectralBiclustering SpectralCoclustering
        sklearn.cluster._birch: Birch _CFNode _CFSubcluster
        sklearn.cluster._bisect_k_means: BisectingKMeans _BisectingTree
        sklearn.cluster._dbscan: DBSCAN
        sklearn.cluster._hdbscan.hdbscan: HDBSCAN
        sklearn.cluster._kmeans: KMeans MiniBatchKMeans _kmeans_single_lloyd
        sklearn.cluster._mean_shift: MeanShift
        sklearn.cluster._optics: OPTICS
        sklearn.cluster._spectral: SpectralClustering
        sklearn.compose._column_transformer: ColumnTransformer _RemainderColsList make_column_selector
        sklearn.compose._target: TransformedTargetRegressor
        sklearn.covariance._elliptic_envelope: EllipticEnvelope
        sklearn.covariance._empirical_covariance: EmpiricalCovariance
        sklearn.covariance._graph_lasso: GraphicalLasso GraphicalLassoCV
        sklearn.covariance._robust_covariance: MinCovDet
        sklearn.covariance._shrunk_covariance: LedoitWolf OAS ShrunkCovariance
        sklearn.cross_decomposition._pls: CCA PLSCanonical PLSRegression PLSSVD
        sklearn.decomposition._dict_learning: DictionaryLearning MiniBatchDictionaryLearning SparseCoder
        sklearn.decomposition._factor_analysis: FactorAnalysis
        sklearn.decomposition._fastica: FastICA
        sklearn.decomposition._incremental_pca: IncrementalPCA
        sklearn.decomposition._kernel_pca: KernelPCA
        sklearn.decomposition._lda: LatentDirichletAllocation
        sklearn.decomposition._nmf: MiniBatchNMF NMF
        sklearn.decomposition._pca: PCA
        sklearn.decomposition._sparse_pca: MiniBatchSparsePCA SparsePCA
        sklearn.decomposition._truncated_svd: TruncatedSVD
        sklearn.discriminant_analysis: LinearDiscriminantAnalysis QuadraticDiscriminantAnalysis
        sklearn.dummy: DummyClassifier DummyRegressor
        sklearn.ensemble._bagging: BaggingClassifier BaggingRegressor
        sklearn.ensemble._forest: ExtraTreesClassifier ExtraTreesRegressor RandomForestClassifier \
          RandomForestRegressor RandomTreesEmbedding
        sklearn.ensemble._gb: GradientBoostingClassifier GradientBoostingRegressor
        sklearn.ensemble._hist_gradient_boosting.binning: _BinMapper
        sklearn.ensemble._hist_gradient_boosting.gradient_boosting: HistGradientBoostingClassifier \
          HistGradientBoostingRegressor
        sklearn.ensemble._hist_gradient_boosting.predictor: TreePredictor
        sklearn.ensemble._iforest: IsolationForest
        sklearn.ensemble._stacking: StackingClassifier StackingRegressor
        sklearn.ensemble._voting: VotingClassifier VotingRegressor
        sklearn.ensemble._weight_boosting: AdaBoostClassifier AdaBoostRegressor
        sklearn.feature_extraction._dict_vectorizer: DictVectorizer
        sklearn.feature_extraction._hash: FeatureHasher
        sklearn.feature_extraction.image: PatchExtractor
        sklearn.feature_extraction.text: CountVectorizer HashingVectorizer TfidfTransformer TfidfVectorizer
        sklearn.feature_selection._from_model: SelectFromModel
        sklearn.feature_selection._rfe: RFE RFECV
        sklearn.feature_selection._sequential: SequentialFeatureSelector
        sklearn.feature_selection._univariate_selection: GenericUnivariateSelect SelectFdr SelectFpr SelectFwe \
          SelectKBest SelectPercentile chi2 f_classif f_regression r_regression
        sklearn.feature_selection._variance_threshold: VarianceThreshold
        sklearn.frozen._frozen: FrozenEstimator
        sklearn.gaussian_process._gpc: GaussianProcessClassifier _BinaryGaussianProcessClassifierLaplace
        sklearn.gaussian_process._gpr: GaussianProcessRegressor
        sklearn.gaussian_process.kernels: CompoundKernel ConstantKernel DotProduct ExpSineSquared Exponentiation \
          Hyperparameter Kernel KernelOperator Matern PairwiseKernel Product RBF RationalQuadratic Sum WhiteKernel
        sklearn.impute._base: MissingIndicator SimpleImputer
        sklearn.impute._knn: KNNImputer
        sklearn.isotonic: IsotonicRegression
        sklearn.kernel_approximation: AdditiveChi2Sampler Nystroem PolynomialCountSketch RBFSampler SkewedChi2Sampler
        sklearn.kernel_ridge: KernelRidge
        sklearn.linear_model._base: LinearRegression
        sklearn.linear_model._bayes: ARDRegression BayesianRidge
        sklearn.linear_model._coordinate_descent: ElasticNet ElasticNetCV Lasso LassoCV MultiTaskElasticNet \
          MultiTaskElasticNetCV MultiTaskLasso MultiTaskLassoCV
        sklearn.linear_model._glm.glm: GammaRegressor PoissonRegressor TweedieRegressor
        sklearn.linear_model._huber: HuberRegressor
        sklearn.linear_model._least_angle: Lars LarsCV LassoLars LassoLarsCV LassoLarsIC
        sklearn.linear_model._logistic: LogisticRegression LogisticRegressionCV
        sklearn.linear_model._omp: OrthogonalMatchingPursuit OrthogonalMatchingPursuitCV
        sklearn.linear_model._passive_aggressive: PassiveAggressiveClassifier PassiveAggressiveRegressor
        sklearn.linear_model._perceptron: Perceptron
        sklearn.linear_model._quantile: QuantileRegressor
        sklearn.linear_model._ransac: RANSACRegressor
        sklearn.linear_model._ridge: Ridge RidgeCV RidgeClassifier RidgeClassifierCV
        sklearn.linear_model._sgd_fast: Classification EpsilonInsensitive Hinge ModifiedHuber Regression \
          SquaredEpsilonInsensitive SquaredHinge
        sklearn.linear_model._stochastic_gradient: SGDClassifier SGDOneClassSVM SGDRegressor
        sklearn.linear_model._theil_sen: TheilSenRegressor
        sklearn.manifold._classical_mds: ClassicalMDS
        sklearn.manifold._isomap: Isomap
        sklearn.manifold._locally_linear: LocallyLinearEmbedding
        sklearn.manifold._mds: MDS
        sklearn.manifold._spectral_embedding: SpectralEmbedding
        sklearn.manifold._t_sne: TSNE
        sklearn.metrics._classification: accuracy_score balanced_accuracy_score brier_score_loss d2_brier_score \
          d2_log_loss_score f1_score jaccard_score log_loss matthews_corrcoef precision_score recall_score
        sklearn.metrics._dist_metrics: BrayCurtisDistance32 BrayCurtisDistance64 CanberraDistance32 \
          CanberraDistance64 ChebyshevDistance32 ChebyshevDistance64 DiceDistance32 DiceDistance64 DistanceMetric \
          DistanceMetric32 DistanceMetric64 EuclideanDistance32 EuclideanDistance64 HammingDistance32 \
          HammingDistance64 HaversineDistance32 HaversineDistance64 JaccardDistance32 JaccardDistance64 \
          KulsinskiDistance32 KulsinskiDistance64 MahalanobisDistance32 MahalanobisDistance64 ManhattanDistance32 \
          ManhattanDistance64 MatchingDistance32 MatchingDistance64 MinkowskiDistance32 MinkowskiDistance64 \
          PyFuncDistance32 PyFuncDistance64 RogersTanimotoDistance32 RogersTanimotoDistance64 RussellRaoDistance32 \
          RussellRaoDistance64 SEuclideanDistance32 SEuclideanDistance64 SokalMichenerDistance32 \
          SokalMichenerDistance64 SokalSneathDistance32 SokalSneathDistance64 newObj
        sklearn.metrics._ranking: average_precision_score roc_auc_score top_k_accuracy_score
        sklearn.metrics._regression: d2_absolute_error_score explained_variance_score max_error mean_absolute_error \
          mean_absolute_percentage_error mean_gamma_deviance mean_poisson_deviance mean_squared_error \
          mean_squared_log_error median_absolute_error r2_score root_mean_squared_error root_mean_squared_log_error
        sklearn.metrics._scorer: _CurveScorer _PassthroughScorer _Scorer negative_likelihood_ratio \
          positive_likelihood_ratio
        sklearn.metrics.cluster._supervised: adjusted_mutual_info_score adjusted_rand_score completeness_score \
          fowlkes_mallows_score homogeneity_score mutual_info_score normalized_mutual_info_score rand_score \
          v_measure_score
        sklearn.mixture._bayesian_mixture: BayesianGaussianMixture
        sklearn.mixture._gaussian_mixture: GaussianMixture
        sklearn.model_selection._classification_threshold: FixedThresholdClassifier TunedThresholdClassifierCV
        sklearn.model_selection._search: GridSearchCV RandomizedSearchCV
        sklearn.model_selection._split: GroupKFold GroupShuffleSplit KFold LeaveOneGroupOut LeaveOneOut \
          LeavePGroupsOut LeavePOut PredefinedSplit RepeatedKFold RepeatedStratifiedKFold ShuffleSplit \
          StratifiedGroupKFold StratifiedKFold StratifiedShuffleSplit TimeSeriesSplit _CVIterableWrapper \
          _RepeatedSplits
        sklearn.multiclass: OneVsOneClassifier OneVsRestClassifier OutputCodeClassifier _ConstantPredictor
        sklearn.multioutput: ClassifierChain MultiOutputClassifier MultiOutputRegressor RegressorChain
        sklearn.naive_bayes: BernoulliNB CategoricalNB ComplementNB GaussianNB MultinomialNB
        sklearn.neighbors._ball_tree: BallTree BallTree32 BallTree64 newObj
        sklearn.neighbors._classification: KNeighborsClassifier RadiusNeighborsClassifier
        sklearn.neighbors._graph: KNeighborsTransformer RadiusNeighborsTransformer
        sklearn.neighbors._kd_tree: KDTree KDTree32 KDTree64 newObj
        sklearn.neighbors._kde: KernelDensity
        sklearn.neighbors._lof: LocalOutlierFactor
        sklearn.neighbors._nca: NeighborhoodComponentsAnalysis
        sklearn.neighbors._nearest_centroid: NearestCentroid
        sklearn.neighbors._regression: KNeighborsRegressor RadiusNeighborsRegressor
        sklearn.neighbors._unsupervised: NearestNeighbors
        sklearn.neural_network._multilayer_perceptron: MLPClassifier MLPRegressor
        sklearn.neural_network._rbm: BernoulliRBM
        sklearn.neural_network._stochastic_optimizers: AdamOptimizer SGDOptimizer
        sklearn.pipeline: FeatureUnion Pipeline
        sklearn.preprocessing._data: Binarizer KernelCenterer MaxAbsScaler MinMaxScaler Normalizer PowerTransformer \
          QuantileTransformer RobustScaler StandardScaler
        sklearn.preprocessing._discretization: KBinsDiscretizer
        sklearn.preprocessing._encoders: OneHotEncoder OrdinalEncoder
        sklearn.preprocessing._function_transformer: FunctionTransformer
        sklearn.preprocessing._label: LabelBinarizer LabelEncoder MultiLabelBinarizer
        sklearn.preprocessing._polynomial: PolynomialFeatures SplineTransformer
        sklearn.preprocessing._target_encoder: TargetEncoder
        sklearn.random_projection: GaussianRandomProjection SparseRandomProjection
        sklearn.semi_supervised._label_propagation: LabelPropagation LabelSpreading
        sklearn.semi_supervised._self_training: SelfTrainingClassifier
        sklearn.svm._classes: LinearSVC LinearSVR NuSVC NuSVR OneClassSVM SVC SVR
        sklearn.tree._classes: DecisionTreeClassifier DecisionTreeRegressor ExtraTreeClassifier ExtraTreeRegressor
        sklearn.tree._tree: Tree
        sklearn.utils._bunch: Bunch
        sklearn.utils._metadata_requests: MetadataRequest MethodMetadataRequest
        """
}
