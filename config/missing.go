package config

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/kojiwatch/kojiwatch/config/values"
)

// Missing returns a problem for each input file or program in the configuration that does
// not exist now. They may exist when kojiwatch runs.
func (c *Config) Missing() []Problem {
	var all []Problem
	add := func(key string, err error) {
		all = append(all, c.Problem(key, "%v", err).Problems...)
	}
	filesIn(reflect.ValueOf(c).Elem(), "", func(key, path string) {
		f, err := os.Open(path)
		if err != nil {
			add(key, fmt.Errorf("cannot be read: %w", err))
			return
		}
		_ = f.Close()
	})
	for i := range c.Sinks {
		if s := c.Sinks[i].Exec; s != nil && len(s.Command) > 0 {
			program := s.Command[0]
			if s.Dir != "" && strings.Contains(program, "/") && !filepath.IsAbs(program) {
				program = filepath.Join(s.Dir, program)
			}
			if _, err := exec.LookPath(program); err != nil {
				add(fmt.Sprintf("sinks[%d].command[0]", i), fmt.Errorf("cannot be run: %w", err))
			}
		}
	}
	return all
}

// filesIn calls found with each key of a section whose value is an input file.
func filesIn(section reflect.Value, around string, found func(key, path string)) {
	for f, v := range section.Fields() {
		name, options, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		key := around
		if options != "inline" && name != "" {
			key = strings.TrimPrefix(around+"."+name, ".")
		}
		for v.Kind() == reflect.Pointer && !v.IsNil() {
			v = v.Elem()
		}
		switch {
		case name == "" && options != "inline":
		case v.Type() == reflect.TypeFor[values.Secret]():
			if path := v.Interface().(values.Secret).File(); path != "" {
				found(key+"_file", path)
			}
		case v.Kind() == reflect.String:
			if strings.HasSuffix(name, "_file") && f.Tag.Get("format") == "path" && v.String() != "" {
				found(key, v.String())
			}
		case v.Kind() == reflect.Struct:
			filesIn(v, key, found)
		case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Struct:
			for i := range v.Len() {
				filesIn(v.Index(i), fmt.Sprintf("%s[%d]", key, i), found)
			}
		}
	}
}
