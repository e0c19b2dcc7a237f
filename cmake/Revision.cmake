# Writes OUT/revision.h: the git commit of SOURCE, and whether the tree differs from it.
execute_process(COMMAND git -C ${SOURCE} rev-parse HEAD OUTPUT_VARIABLE commit
                OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
execute_process(COMMAND git -C ${SOURCE} status --porcelain --untracked-files=no
                OUTPUT_VARIABLE changes ERROR_QUIET)
if(NOT commit)
  set(commit "unknown")
endif()
if(changes)
  set(dirty true)
else()
  set(dirty false)
endif()
file(CONFIGURE OUTPUT ${OUT}/revision.h CONTENT
"#pragma once
#define LAB_GIT_COMMIT \"@commit@\"
#define LAB_GIT_DIRTY @dirty@
" @ONLY)
