/// The targets, paths, time samplers, solvers, guidance and data sources of this library.
public struct StandardParts: Plugin {
    public let name = "standard"

    public init() {}

    public func register(in registry: inout Registry) throws(RegistryError) {
        try registry.register(target: CleanImageTarget.self)
        try registry.register(target: VelocityTarget.self)
        try registry.register(target: NoiseTarget.self)
        try registry.register(path: LinearPath.self)
        try registry.register(path: TrigonometricPath.self)
        try registry.register(times: LogitNormalTimes.self)
        try registry.register(times: UniformTimes.self)
        try registry.register(solver: EulerSolver.self)
        try registry.register(solver: HeunSolver.self)
        try registry.register(solver: AdamsBashforthSolver.self)
        try registry.register(solver: DPMSolver.self)
        try registry.register(solver: UniPCSolver.self)
        try registry.register(solver: StochasticEulerSolver.self)
        try registry.register(solver: StochasticHeunSolver.self)
        try registry.register(guidance: ClassifierFreeGuidance.self)
        try registry.register(guidance: NoGuidance.self)
        try registry.register(data: FashionMNISTSource.self)
        try registry.register(data: ClassFolderSource.self)
        try registry.register(data: PictureFolderSource.self)
        try registry.register(data: BitmapFontSource.self)
    }
}
