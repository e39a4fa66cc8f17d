// A logical device with one compute queue, which runs submissions in order, and one timeline that counts them.
#ifndef CVK_DEVICE_H
#define CVK_DEVICE_H

#include "cvk_instance.h"

typedef struct cvk_device cvk_device;

/// @param uses_texels whether kernels read through texel buffer views; decides the layout of descriptor sets.
/// @param uses_matrices whether kernels use cooperative matrices of 16-bit floats; the device must have them.
int32_t cvk_device_create(cvk_instance *instance, uint32_t index, bool uses_texels, bool uses_matrices, cvk_device **device);
/// Waits for the queue and destroys everything that was made from the device, except blocks.
void cvk_device_destroy(cvk_device *device);

/// The number of the last submission that is done.
int32_t cvk_device_completed(cvk_device *device, uint64_t *value);
/// Waits until a submission is done, at most `timeout` nanoseconds (then VK_TIMEOUT, 2).
int32_t cvk_device_wait(cvk_device *device, uint64_t value, uint64_t timeout);

#endif
