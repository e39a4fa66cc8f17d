import SwiffuseInception

/// Some values of the reference networks, computed in Float64.
struct InceptionFixture: Sendable {
    let resizing: InceptionFeaturesConfiguration.Resizing
    /// The largest magnitude of all pooled features.
    let largest: Float
    let largestSpatial: Float
    let largestLogit: Float
    /// Places and values.
    let pooled: [(Int, Float)]
    let spatial: [(Int, Float)]
    let logits: [(Int, Float)]

    static let all = [
        InceptionFixture(
            resizing: .torchFidelity, largest: 0.839408, largestSpatial: 0.706495, largestLogit: 0.799121,
            pooled: [
                (0, 0.059854028), (271, 0.29158693), (564, 0.39022441), (867, 0.5087), (1165, 0.38146527),
                (1461, 0.49002423), (1769, 0.44897564), (2046, 0.20831189),
            ],
            spatial: [
                (294, 0.029851554), (1338, 0.031747874), (1495, 0.39866687), (1600, 0.37022478), (1706, 0.20391885),
                (1811, 0.53179662), (1916, 0.52118685), (2022, 0.50805821),
            ],
            logits: [
                (0, -0.27621396), (143, -0.41346717), (287, -0.63415984), (431, -0.049258686), (575, 0.68183194),
                (719, 0.4430973), (863, -0.18188771), (1007, -0.65309045),
            ]),
        InceptionFixture(
            resizing: .pytorchFID, largest: 0.842017, largestSpatial: 0.679181, largestLogit: 0.796836,
            pooled: [
                (0, 0.05639885), (269, 0.014782461), (561, 0.033446464), (862, 0.34948548), (1158, 0.11196266),
                (1451, 0.00065487836), (1766, 0.60012705), (2046, 0.21211643),
            ],
            spatial: [
                (302, 0.0017678346), (1317, 0.058852716), (1489, 0.25438541), (1595, 0.36908848), (1702, 0.37569439),
                (1808, 0.57755872), (1915, 0.44236374), (2022, 0.50708293),
            ],
            logits: [
                (0, -0.27577782), (143, -0.41156302), (287, -0.63316047), (431, -0.046869422), (575, 0.679305),
                (719, 0.44129373), (863, -0.17925136), (1007, -0.65257589),
            ]),
    ]
}
