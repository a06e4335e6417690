package hubtest

// handler is what answers a call.
type handler struct {
	sig *signature
	run func(*call, *arguments) (any, error) // nil: not modelled
}

// newHandlers has a handler for each call of the API.
func newHandlers(api []signature) map[string]*handler {
	handlers := make(map[string]*handler, len(api))
	for i := range api {
		handlers[api[i].name] = &handler{sig: &api[i]}
	}
	for name, run := range modelled() {
		handlers[name].run = run
	}
	return handlers
}

// modelled is the calls that this hub can answer.
func modelled() map[string]func(*call, *arguments) (any, error) {
	return map[string]func(*call, *arguments) (any, error){
		"_listapi":                listAPI,
		"build":                   buildCall,
		"createTag":               createTag,
		"echo":                    echo,
		"error":                   raiseError,
		"exclusiveSession":        exclusiveSession,
		"fault":                   raiseFault,
		"getAPIVersion":           getAPIVersion,
		"getAverageBuildDuration": getAverageBuildDuration,
		"getBuild":                getBuild,
		"getBuildTarget":          getBuildTarget,
		"getBuildTargets":         getBuildTargets,
		"getChannel":              getChannel,
		"getEvent":                getEvent,
		"getHost":                 getHost,
		"getKojiVersion":          getKojiVersion,
		"getLastEvent":            getLastEvent,
		"getLatestBuilds":         getLatestBuilds,
		"getLoggedInUser":         getLoggedInUser,
		"getPackage":              getPackage,
		"getPackageID":            getPackageID,
		"getPerms":                getPerms,
		"getRPM":                  getRPM,
		"getSessionInfo":          getSessionInfo,
		"getTag":                  getTag,
		"getTagID":                getTagID,
		"getTaskChildren":         getTaskChildren,
		"getTaskDescendents":      getTaskDescendents,
		"getTaskInfo":             getTaskInfo,
		"getTaskRequest":          getTaskRequest,
		"getTaskResult":           getTaskResult,
		"getUser":                 getUser,
		"hasPerm":                 callHasPerm,
		"hello":                   hello,
		"host.getID":              hostGetID,
		"listArchives":            listArchives,
		"listBTypes":              listBTypes,
		"listBuilds":              listBuilds,
		"listChannels":            listChannels,
		"listHosts":               listHosts,
		"listPackagesSimple":      listPackagesSimple,
		"listRPMs":                listRPMs,
		"listTagged":              listTagged,
		"listTags":                listTags,
		"listTaskOutput":          listTaskOutput,
		"listTasks":               listTasks,
		"listUsers":               listUsers,
		"login":                   passwordLogin,
		"logout":                  logout,
		"logoutChild":             logoutChild,
		"makeTask":                makeTaskCall,
		"repoInfo":                repoInfo,
		"sharedSession":           sharedSession,
		"showSession":             showSession,
		"sslLogin":                sslLogin,
		"subsession":              subsession,
		"system.listMethods":      listMethods,
		"system.methodHelp":       methodHelp,
		"system.methodSignature":  methodSignature,
		"taskFinished":            taskFinished,
	}
}

type apiRow struct {
	Name string `xmlrpc:"name"`
	Doc  any    `xmlrpc:"doc"`
	Spec []any  `xmlrpc:"argspec"`
	Desc string `xmlrpc:"argdesc"`
	Args []any  `xmlrpc:"args"`
}

func listAPI(c *call, _ *arguments) (any, error) {
	rows := make([]apiRow, 0, len(c.hub.api))
	for i := range c.hub.api {
		s := &c.hub.api[i]
		rows = append(rows, apiRow{s.name, orNil(c.db.data.Docs[s.name]), s.spec(), s.text, s.list()})
	}
	return rows, nil
}

func listMethods(c *call, _ *arguments) (any, error) {
	names := make([]string, 0, len(c.hub.api))
	for i := range c.hub.api {
		names = append(names, c.hub.api[i].name)
	}
	return names, nil
}

func methodHelp(c *call, a *arguments) (any, error) {
	name, _ := a.get("method").(string)
	hd := c.hub.handlers[name]
	if hd == nil {
		return "", nil
	}
	help := name + hd.sig.text
	if doc := c.db.data.Docs[name]; doc != "" {
		help += "\ndescription: " + doc
	}
	return help, nil
}

func methodSignature(*call, *arguments) (any, error) { return "signatures not supported", nil }
