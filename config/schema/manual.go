package schema

import (
	"fmt"
	"reflect"
	"strings"
)

// Manual returns the reference of the file as a manual page for section 5, in the Markdown
// of md2man, without the title line. It is made from the struct that of points to.
func Manual(of any) string {
	var page strings.Builder
	page.WriteString("# NAME\nkojiwatch.yaml - configuration of kojiwatch\n")
	_, intro, _ := strings.Cut(referenceIntro, "\n\n")
	fmt.Fprintf(&page, "\n# DESCRIPTION\n%s", intro)
	page.WriteString("\n# KEYS\nBelow, `sinks[].queue.name` is the key `name` in `queue` in an item of the list `sinks`.\n")
	writeKeys(&page, "", fieldsOf(reflect.TypeOf(of).Elem()))
	page.WriteString("\n# FILES\n`/etc/kojiwatch/kojiwatch.yaml`\n: What the service reads.\n\n# SEE ALSO\n**kojiwatch(1)**, **kojiwatch-check(1)**\n")
	return page.String()
}

// writeKeys writes a paragraph for each of the keys, and for those below it.
func writeKeys(page *strings.Builder, around string, fields []Field) {
	for i := range fields {
		f := &fields[i]
		name := Join(around, f.Name)
		fmt.Fprintf(page, "\n**%s** (%s)\n: %s\n", name, strings.Join(notes(f, fields), "; "), f.Doc)
		if f.Kind == KindSecret {
			fmt.Fprintf(page, "\n**%s** (path)\n: A file that holds it, in place of `%s`.\n", name+FileSuffix, f.Name)
		}
		if f.Kind == KindSections {
			name += "[]"
		}
		writeKeys(page, name, f.Keys)
	}
}

// notes describes a key's values, its default, and the sinks that have it.
func notes(f *Field, all []Field) []string {
	list := []string{takes(f)}
	switch def := defaultOf(f, all); {
	case def == "":
	case f.Required, f.Group != "":
		list = append(list, def)
	default:
		list = append(list, "default "+def)
	}
	if f.Sink != "" {
		list = append(list, "only with type "+Listed("or", strings.Split(f.Sink, ",")))
	}
	return list
}
