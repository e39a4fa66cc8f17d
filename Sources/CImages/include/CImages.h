// Picture codecs behind plain C calls. libpng and libjpeg leave by longjmp, which must never cross Swift frames, so a
// whole decode or encode happens inside one call here. One header and one pair of source files per format.
#pragma once

#include "CImagesStatus.h"
#include "CImagesPNG.h"
#include "CImagesJPEG.h"
