package taskrequest

// methods are the descriptions of task methods, by name. The map is immutable.
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

// MethodName returns the name of a task's method. It does not allocate for methods described
// here.
func MethodName(b []byte) string {
	if m, ok := methods[string(b)]; ok {
		return m.name
	}
	return string(b)
}
