import SwiffuseCommands

SwiffuseCommandLine.main()
