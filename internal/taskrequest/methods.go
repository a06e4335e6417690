package taskrequest

// methods are the kinds of task this package knows, by name. They are put
// together once and never changed.
//
// Sources: koji.tasks.LEGACY_SIGNATURES, and the handlers of the plugins and
// extensions.
var methods = index(
	buildMethods(), chainMethods(),
	imageMethods(), imagePluginMethods(), containerMethods(),
	repoMethods(), tagMethods(), adminMethods(),
)

func index(families ...[]method) map[string]*method {
	all := make(map[string]*method)
	for _, family := range families {
		for i := range family {
			all[family[i].name] = &family[i]
		}
	}
	return all
}

// MethodName returns the name of a task's method; that of a method which is described
// here without a new string.
func MethodName(b []byte) string {
	if m, ok := methods[string(b)]; ok {
		return m.name
	}
	return string(b)
}
