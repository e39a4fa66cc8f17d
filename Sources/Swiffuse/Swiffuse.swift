// What a program needs to compose, train and sample models: `import Swiffuse` is enough.
@_exported public import SwiffuseCPU
@_exported public import SwiffuseDeCo
@_exported public import SwiffuseDiT
@_exported public import SwiffuseDiffusion
@_exported public import SwiffuseEvaluation
@_exported public import SwiffuseIO
@_exported public import SwiffuseInception
@_exported public import SwiffuseJiT
@_exported public import SwiffuseNN
@_exported public import SwiffusePerceptual
@_exported public import SwiffusePixNerd
@_exported public import SwiffuseTensor
@_exported public import SwiffuseTraining
@_exported public import SwiffuseVulkan
