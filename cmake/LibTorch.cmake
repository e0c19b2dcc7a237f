# Finds LibTorch without its own TorchConfig.cmake, which fails for a CUDA wheel on a machine
# without the CUDA toolkit. Looks, in this order, at TORCH (a folder with include/ and lib/), at
# CMAKE_PREFIX_PATH, and at the torch wheel in .venv. Defines the target `LibTorch`.
set(TORCH "" CACHE PATH "folder of a LibTorch: the one that holds include/ and lib/")
file(GLOB wheel ${PROJECT_SOURCE_DIR}/.venv/lib/python3*/site-packages/torch)
if(TORCH AND NOT EXISTS ${TORCH}/include/torch)
  message(FATAL_ERROR "no LibTorch in ${TORCH}: TORCH must name the folder with include/ and lib/")
endif()
string(REPLACE ":" ";" from_environment "$ENV{CMAKE_PREFIX_PATH}")
foreach(folder IN LISTS TORCH CMAKE_PREFIX_PATH from_environment wheel)  # the first one found stays
  find_path(TORCH_INCLUDE_DIR torch/csrc/api/include/torch/version.h
            PATHS ${folder}/include NO_DEFAULT_PATH NO_CACHE)
  find_library(TORCH_LIBRARY torch PATHS ${folder}/lib NO_DEFAULT_PATH NO_CACHE)
endforeach()
if(NOT TORCH_INCLUDE_DIR OR NOT TORCH_LIBRARY)
  message(FATAL_ERROR "LibTorch not found. Run `make setup`, or name one: make TORCH=<folder with include/ and lib/>")
endif()
get_filename_component(TORCH_LIB_DIR ${TORCH_LIBRARY} DIRECTORY)

set(version_header ${TORCH_INCLUDE_DIR}/torch/headeronly/version.h)
if(NOT EXISTS ${version_header})
  set(version_header ${TORCH_INCLUDE_DIR}/torch/csrc/api/include/torch/version.h)
endif()
file(STRINGS ${version_header} version_lines REGEX "#define TORCH_VERSION_(MAJOR|MINOR|PATCH) ")
string(REGEX REPLACE ".*MAJOR ([0-9]+).*MINOR ([0-9]+).*PATCH ([0-9]+).*" "\\1.\\2.\\3"
       TORCH_VERSION "${version_lines}")
set(TORCH_MINIMUM 2.13)
if(TORCH_VERSION VERSION_LESS TORCH_MINIMUM)
  message(FATAL_ERROR "LibTorch ${TORCH_VERSION} in ${TORCH_LIB_DIR} is too old: this needs at least ${TORCH_MINIMUM}")
endif()
message(STATUS "LibTorch ${TORCH_VERSION} in ${TORCH_LIB_DIR}")

add_library(LibTorch INTERFACE)
target_include_directories(LibTorch SYSTEM INTERFACE
  ${TORCH_INCLUDE_DIR} ${TORCH_INCLUDE_DIR}/torch/csrc/api/include)
target_link_options(LibTorch INTERFACE "LINKER:-rpath,${TORCH_LIB_DIR}")
target_link_directories(LibTorch INTERFACE ${TORCH_LIB_DIR})
target_link_libraries(LibTorch INTERFACE torch torch_cpu c10)
# LibTorch's at::parallel_for is a template in a header: without OpenMP it runs on one thread. The runtime is the one
# that LibTorch brings along.
target_compile_options(LibTorch INTERFACE -fopenmp)
target_link_options(LibTorch INTERFACE -fopenmp)
if(EXISTS ${TORCH_LIB_DIR}/libtorch_cuda.so)  # registers the CUDA kernels when it is loaded
  target_link_libraries(LibTorch INTERFACE -Wl,--no-as-needed torch_cuda c10_cuda -Wl,--as-needed)
endif()
