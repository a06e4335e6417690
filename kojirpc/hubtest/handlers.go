package hubtest

import (
	_ "embed"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/answers"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// apiText lists the calls of a hub 1.35.3, one per line: the name of the call, the name
// of the Python function that implements it, and its parameters.
//
//go:embed api.txt
var apiText string

// handler answers a call.
type handler struct {
	sig *python.Signature
	run func(*call, *python.Arguments) (any, error) // nil: not modelled
}

// newHandlers returns a handler for each call of the API.
func newHandlers(api []python.Signature) map[string]*handler {
	handlers := make(map[string]*handler, len(api))
	for i := range api {
		handlers[api[i].Name] = &handler{sig: &api[i]}
	}
	for name, run := range modelled() {
		handlers[name].run = run
	}
	for name, answer := range answers.Calls() {
		handlers[name].run = read(answer)
	}
	return handlers
}

// modelled returns the calls that depend on the session or change something; package
// answers has those that only read.
func modelled() map[string]func(*call, *python.Arguments) (any, error) {
	return map[string]func(*call, *python.Arguments) (any, error){
		"CGImport":               cgImport,
		"CGInitBuild":            cgInitBuild,
		"CGRefundBuild":          cgRefundBuild,
		"_listapi":               listAPI,
		"build":                  buildCall,
		"checkUpload":            checkUpload,
		"createTag":              createTag,
		"echo":                   echo,
		"error":                  raiseError,
		"exclusiveSession":       loggedIn(exclusiveSession),
		"fault":                  raiseFault,
		"getAPIVersion":          getAPIVersion,
		"getKojiVersion":         getKojiVersion,
		"getLoggedInUser":        getLoggedInUser,
		"getPerms":               getPerms,
		"getSessionInfo":         getSessionInfo,
		"getUser":                getUser,
		"hasPerm":                callHasPerm,
		"hello":                  hello,
		"host.getID":             hostGetID,
		"login":                  passwordLogin,
		"logout":                 loggedIn(logout),
		"logoutChild":            loggedIn(logoutChild),
		"makeTask":               makeTaskCall,
		"sharedSession":          loggedIn(sharedSession),
		"showSession":            showSession,
		"sslLogin":               sslLogin,
		"subsession":             loggedIn(subsession),
		"system.listMethods":     listMethods,
		"system.methodHelp":      methodHelp,
		"system.methodSignature": methodSignature,
	}
}

// loggedIn rejects calls without a login.
func loggedIn(run func(*call, *python.Arguments) (any, error)) func(*call, *python.Arguments) (any, error) {
	return func(c *call, a *python.Arguments) (any, error) {
		if !c.loggedIn {
			return nil, python.AuthError("Not logged in")
		}
		return run(c, a)
	}
}

func listAPI(c *call, _ *python.Arguments) (any, error) {
	rows := make([]map[string]any, 0, len(c.hub.api))
	for i := range c.hub.api {
		s := &c.hub.api[i]
		rows = append(rows, map[string]any{
			"name": s.Name, "doc": python.OrNil(c.db.Data.Docs[s.Name]), "argspec": s.Spec(), "argdesc": s.Text, "args": s.List(),
		})
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

// read makes a handler from an answer, which depends only on the data.
func read(answer answers.Answer) func(*call, *python.Arguments) (any, error) {
	return func(c *call, a *python.Arguments) (any, error) {
		return answer(&answers.Reader{DB: c.db, Now: c.now, NoAverageAge: c.hub.opts.NoAverageAge}, a)
	}
}
