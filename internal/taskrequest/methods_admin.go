package taskrequest

// adminMethods are the tasks for hosts, for tests, and for running other tasks.
func adminMethods() []method {
	return []method{
		{name: "dependantTask", signatures: one(must("wait_list", nothing), must("task_list", areTasks))},
		{name: "saveFailedTree", signatures: one(must("buildrootID", nothing), may("full", nothing))},
		{name: "taskNotification", signatures: one(
			must("recipient", nothing), must("task_id", nothing), must("weburl", nothing),
		)},
		{name: "taskrepos", signatures: one(must("task_id", nothing), may("task_link", nothing))},
		{name: "restart", signatures: one(must("host", nothing))},
		{name: "restartVerify", signatures: one(must("task_id", nothing), must("host", nothing))},
		{name: "restartHosts", signatures: one(
			parameter{name: "options", says: areOptions, optional: true, members: []parameter{may("arches", isArches)}},
		)},
		{name: "shutdown", signatures: one()},
		{name: "sleep", signatures: one(must("n", nothing))},
		{name: "fork", signatures: one(may("n", nothing), may("m", nothing))},
		{name: "subtask", signatures: one(may("n", nothing))},
		{name: "waittest", signatures: one(must("count", nothing), may("seconds", nothing))},
		{name: "default", signatures: []signature{{variadic: true}}},
		{name: "someMethod", signatures: []signature{{variadic: true}}},
	}
}
