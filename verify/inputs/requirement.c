#include "inputs/requirement.h"

bool requirement_met(const struct options *options, const struct sb_comparison *result) {
    size_t count = result->differences.count;
    bool allowed = count > 0 && result->allowed == count;
    switch (options->require) {
    case REQUIRE_EQUIVALENT:
        return result->verdict >= SB_VERDICT_EQUIVALENT || allowed;
    case REQUIRE_REPRODUCED:
        return result->verdict >= SB_VERDICT_REPRODUCED || allowed;
    case REQUIRE_SAME_CONFIG:
        return result->identity[SB_IDENTITY_CONFIG].equal;
    case REQUIRE_SAME_MANIFEST:
        return result->identity[SB_IDENTITY_MANIFEST].equal;
    case REQUIRE_IDENTICAL:
        break;
    }
    return result->verdict == SB_VERDICT_IDENTICAL;
}
