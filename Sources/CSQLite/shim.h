#include <sqlite3.h>

/// The library counts every byte it takes under a lock, for statistics that nobody here reads; without them a statement that binds
/// text costs a tenth less. Swift cannot call what takes a variable number of arguments. Only before the first database is opened.
static inline int leave_out_memory_statistics(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }
