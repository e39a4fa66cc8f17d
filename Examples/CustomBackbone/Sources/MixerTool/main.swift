import MixerParts
import SwiffuseCommands

SwiffuseCommandLine.main(plugins: [MixerPlugin()])
