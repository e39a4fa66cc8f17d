// Recording and submitting work.
#ifndef CVK_COMMANDS_H
#define CVK_COMMANDS_H

#include "cvk_pipeline.h"

/// A command buffer with its pool, used again and again.
typedef struct cvk_commands cvk_commands;

/// @param timestamp_count how many timestamps can be written while recording.
int32_t cvk_commands_create(cvk_device *device, uint32_t timestamp_count, cvk_commands **commands);
/// The queue must be done with them.
void cvk_commands_destroy(cvk_commands *commands);

int32_t cvk_commands_begin(cvk_commands *commands);

typedef struct {
    uint64_t pipeline;
    uint64_t set;
    const void *push;
    uint32_t push_bytes;
    /// The first workgroup, and how many there are: shaders see the numbers from `bases` on.
    uint32_t bases[3];
    uint32_t groups[3];
} cvk_dispatch;

void cvk_commands_dispatch(cvk_commands *commands, const cvk_dispatch *dispatch);
/// Everything recorded so far finishes, and its writes are visible, before what follows reads or writes.
void cvk_commands_barrier(cvk_commands *commands);
void cvk_commands_copy(cvk_commands *commands, const cvk_block *source, uint64_t source_offset, const cvk_block *target,
                       uint64_t target_offset, uint64_t byte_count);
/// Writes the time at which everything before is done.
void cvk_commands_timestamp(cvk_commands *commands, uint32_t index);

/// Ends the recording and submits it as number `value`, which must be the last one plus 1.
int32_t cvk_commands_submit(cvk_commands *commands, uint64_t value);
/// The first `count` timestamps, in ticks, once the submission is done.
int32_t cvk_commands_timestamps(cvk_commands *commands, uint32_t count, uint64_t *ticks);

#endif
