package config

import (
	"fmt"
	"reflect"
	"strings"
)

// Manual returns the reference of the file as a manual page for section 5, in the
// Markdown that md2man makes pages of, without the line for its title.
func Manual() string {
	var page strings.Builder
	page.WriteString("# NAME\nkojiwatch.yaml - configuration of kojiwatch\n")
	_, intro, _ := strings.Cut(referenceIntro, "\n\n")
	fmt.Fprintf(&page, "\n# DESCRIPTION\n%s", intro)
	page.WriteString("\n# KEYS\nBelow, `sinks[].queue.name` is the key `name` in `queue` in an item of the list `sinks`.\n")
	writeKeys(&page, "", fieldsOf(reflect.TypeFor[Config]()))
	page.WriteString("\n# FILES\n`/etc/kojiwatch/kojiwatch.yaml`\n: What the service reads.\n\n# SEE ALSO\n**kojiwatch(1)**, **kojiwatch-check(1)**\n")
	return page.String()
}

// writeKeys writes a paragraph for each of the keys, and for those below it.
func writeKeys(page *strings.Builder, around string, fields []field) {
	for i := range fields {
		f := &fields[i]
		name := join(around, f.name)
		fmt.Fprintf(page, "\n**%s** (%s)\n: %s\n", name, strings.Join(notes(f, fields), "; "), f.doc)
		if f.kind == kindSecret {
			fmt.Fprintf(page, "\n**%s** (path)\n: A file that holds it, in place of `%s`.\n", name+fileSuffix, f.name)
		}
		if f.kind == kindSections {
			name += "[]"
		}
		writeKeys(page, name, f.keys)
	}
}

// notes says what a key takes, what it is when not given, and which sinks have it.
func notes(f *field, all []field) []string {
	list := []string{takes(f)}
	switch def := defaultOf(f, all); {
	case def == "":
	case f.required, f.group != "":
		list = append(list, def)
	default:
		list = append(list, "default "+def)
	}
	if f.sink != "" {
		list = append(list, "only with type "+listed("or", strings.Split(f.sink, ",")))
	}
	return list
}
