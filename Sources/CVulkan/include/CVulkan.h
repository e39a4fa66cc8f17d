// Vulkan, opened at run time: a narrow layer of plain functions over opaque objects.
//
// Nothing links against a Vulkan library, and no Vulkan header is needed to include this one. Functions that can fail return a
// VkResult as a number: 0 is success, negative values are errors (`cvk_result_name` tells their names).
#ifndef CVULKAN_H
#define CVULKAN_H

#include "cvk_commands.h"
#include "cvk_device.h"
#include "cvk_instance.h"
#include "cvk_memory.h"
#include "cvk_pipeline.h"

#endif
