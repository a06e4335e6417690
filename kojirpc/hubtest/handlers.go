package hubtest

import (
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/answers"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

import _ "embed"

// apiText lists the calls of a hub 1.35.3, one a line: the name of the call,
// the name of Python's function behind it, and its parameters.
//
//go:embed api.txt
var apiText string

// handler answers a call.
type handler struct {
	sig *python.Signature
	run func(*call, *python.Arguments) (any, error) // nil: not modelled
}

// newHandlers has a handler for each call of the API.
func newHandlers(api []python.Signature) map[string]*handler {
	handlers := make(map[string]*handler, len(api))
	for i := range api {
		handlers[api[i].Name] = &handler{sig: &api[i]}
	}
	for name, run := range modelled() {
		handlers[name].run = run
	}
	return handlers
}

// modelled returns the calls that this hub can answer.
func modelled() map[string]func(*call, *python.Arguments) (any, error) {
	return map[string]func(*call, *python.Arguments) (any, error){
		"_listapi":                listAPI,
		"build":                   buildCall,
		"createTag":               createTag,
		"echo":                    echo,
		"error":                   raiseError,
		"exclusiveSession":        exclusiveSession,
		"fault":                   raiseFault,
		"getAPIVersion":           getAPIVersion,
		"getAverageBuildDuration": read(answers.GetAverageBuildDuration),
		"getBuild":                read(answers.GetBuild),
		"getBuildTarget":          read(answers.GetBuildTarget),
		"getBuildTargets":         read(answers.GetBuildTargets),
		"getChannel":              read(answers.GetChannel),
		"getEvent":                read(answers.GetEvent),
		"getHost":                 read(answers.GetHost),
		"getKojiVersion":          getKojiVersion,
		"getLastEvent":            read(answers.GetLastEvent),
		"getLatestBuilds":         read(answers.GetLatestBuilds),
		"getLoggedInUser":         getLoggedInUser,
		"getPackage":              read(answers.GetPackage),
		"getPackageID":            read(answers.GetPackageID),
		"getPerms":                getPerms,
		"getRPM":                  read(answers.GetRPM),
		"getSessionInfo":          getSessionInfo,
		"getTag":                  read(answers.GetTag),
		"getTagID":                read(answers.GetTagID),
		"getTaskChildren":         read(answers.GetTaskChildren),
		"getTaskDescendents":      read(answers.GetTaskDescendents),
		"getTaskInfo":             read(answers.GetTaskInfo),
		"getTaskRequest":          read(answers.GetTaskRequest),
		"getTaskResult":           read(answers.GetTaskResult),
		"getUser":                 getUser,
		"hasPerm":                 callHasPerm,
		"hello":                   hello,
		"host.getID":              hostGetID,
		"listArchives":            read(answers.ListArchives),
		"listBTypes":              read(answers.ListBTypes),
		"listBuilds":              read(answers.ListBuilds),
		"listChannels":            read(answers.ListChannels),
		"listHosts":               read(answers.ListHosts),
		"listPackagesSimple":      read(answers.ListPackagesSimple),
		"listRPMs":                read(answers.ListRPMs),
		"listTagged":              read(answers.ListTagged),
		"listTags":                read(answers.ListTags),
		"listTaskOutput":          read(answers.ListTaskOutput),
		"listTasks":               read(answers.ListTasks),
		"listUsers":               read(answers.ListUsers),
		"login":                   passwordLogin,
		"logout":                  logout,
		"logoutChild":             logoutChild,
		"makeTask":                makeTaskCall,
		"repoInfo":                read(answers.RepoInfo),
		"sharedSession":           sharedSession,
		"showSession":             showSession,
		"sslLogin":                sslLogin,
		"subsession":              subsession,
		"system.listMethods":      listMethods,
		"system.methodHelp":       methodHelp,
		"system.methodSignature":  methodSignature,
		"taskFinished":            read(answers.TaskFinished),
	}
}

type apiRow struct {
	Name string `xmlrpc:"name"`
	Doc  any    `xmlrpc:"doc"`
	Spec []any  `xmlrpc:"argspec"`
	Desc string `xmlrpc:"argdesc"`
	Args []any  `xmlrpc:"args"`
}

func listAPI(c *call, _ *python.Arguments) (any, error) {
	rows := make([]apiRow, 0, len(c.hub.api))
	for i := range c.hub.api {
		s := &c.hub.api[i]
		rows = append(rows, apiRow{s.Name, python.OrNil(c.db.Data.Docs[s.Name]), s.Spec(), s.Text, s.List()})
	}
	return rows, nil
}

func listMethods(c *call, _ *python.Arguments) (any, error) {
	names := make([]string, 0, len(c.hub.api))
	for i := range c.hub.api {
		names = append(names, c.hub.api[i].Name)
	}
	return names, nil
}

func methodHelp(c *call, a *python.Arguments) (any, error) {
	name, _ := a.Get("method").(string)
	hd := c.hub.handlers[name]
	if hd == nil {
		return "", nil
	}
	help := name + hd.sig.Text
	if doc := c.db.Data.Docs[name]; doc != "" {
		help += "\ndescription: " + doc
	}
	return help, nil
}

func methodSignature(*call, *python.Arguments) (any, error) { return "signatures not supported", nil }

// read makes a handler of what answers from data alone.
func read(answer func(*answers.Reader, *python.Arguments) (any, error)) func(*call, *python.Arguments) (any, error) {
	return func(c *call, a *python.Arguments) (any, error) {
		return answer(&answers.Reader{DB: c.db, Now: c.now, NoAverageAge: c.hub.opts.NoAverageAge}, a)
	}
}
