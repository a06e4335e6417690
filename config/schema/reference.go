package schema

import (
	"fmt"
	"reflect"
	"strings"
)

const referenceIntro = "# Configuration\n\n" +
	"kojiwatch reads one YAML file. `kojiwatch.example.yaml` shows every key with its default; this page says what each means.\n\n" +
	"- **Strict.** An unknown key, a wrong type, an impossible value: each is an error that names file, line, column and key, and all of them are reported at once. A file with an error in it is not used.\n" +
	"- **Variables.** In any value `${NAME}` stands for an environment variable and `${NAME:-default}` for one that may be missing or empty; `$$` is a `$`. A variable that is not set is an error. Keys hold no variables.\n" +
	"- **Secrets.** Each secret has a twin that ends in `_file` and names a file with the secret in it, such as one from systemd's `LoadCredential=` or a mounted Kubernetes secret. The file is read each time the secret is needed, so it may change while kojiwatch runs; one line end at its end is cut. Give one of the two. kojiwatch shows no secret in logs, errors or anywhere else.\n" +
	"- **Durations** are written `500ms`, `30s`, `5m`, `1h30m` or `7d`, **sizes** `16MiB`, `64KiB` or `10MB`.\n" +
	"- **Paths** are relative to the folder of the file.\n" +
	"- Anchors, aliases and merge keys (`<<`) work, within bounds. The file is at most 1 MiB and holds one document.\n"

// Reference returns the reference of the file in Markdown, made from the struct that of
// points to.
func Reference(of any) string {
	r := &reference{}
	r.section("Top of the file", "", "", fieldsOf(reflect.TypeOf(of).Elem()))
	return referenceIntro + "\nIn this page: " + strings.Join(r.contents, " · ") + "\n" + r.page.String()
}

// reference is the page while it is written.
type reference struct {
	page     strings.Builder
	contents []string // links to the sections
}

func (r *reference) section(title, name, doc string, fields []Field) {
	r.heading("##", title)
	if doc != "" {
		fmt.Fprintf(&r.page, "\n%s\n", doc)
	}
	var common []Field
	own := map[string][]Field{}
	var types []string
	for _, f := range fields {
		if f.Sink == "" {
			common = append(common, f)
			continue
		}
		if own[f.Sink] == nil {
			types = append(types, f.Sink)
		}
		own[f.Sink] = append(own[f.Sink], f)
	}
	r.table(name, common)
	for _, sink := range types {
		r.heading("###", "Only with type `"+strings.ReplaceAll(sink, ",", "`, `")+"`")
		r.table(name, own[sink])
	}
	for _, f := range fields {
		if f.Kind == KindSection || f.Kind == KindSections {
			inner := sectionName(name, &f)
			r.section("`"+inner+"`", inner, f.Doc, f.Keys)
		}
	}
}

// sectionName returns the name of the section that a key has, inside that of a name.
func sectionName(name string, f *Field) string {
	inner := Join(name, f.Name)
	if f.Kind == KindSections {
		inner += "[]"
	}
	return inner
}

func (r *reference) heading(level, title string) {
	fmt.Fprintf(&r.page, "\n%s %s\n", level, title)
	r.contents = append(r.contents, "["+strings.TrimPrefix(title, "Only with ")+"](#"+anchor(title)+")")
}

// anchor returns the name that a heading has on GitHub.
func anchor(title string) string {
	return strings.NewReplacer(" ", "-", "`", "", ".", "", "[", "", "]", "", ",", "").Replace(strings.ToLower(title))
}

func (r *reference) table(name string, fields []Field) {
	r.page.WriteString("\n| Key | Takes | Default | Meaning |\n|---|---|---|---|\n")
	row := func(cells ...string) {
		for i := range cells {
			cells[i] = strings.ReplaceAll(cells[i], "|", `\|`)
		}
		fmt.Fprintf(&r.page, "| %s |\n", strings.Join(cells, " | "))
	}
	for i := range fields {
		f := &fields[i]
		text := takes(f)
		if f.Kind == KindSection || f.Kind == KindSections {
			text = "[" + strings.TrimSuffix(text, below) + "](#" + anchor(sectionName(name, f)) + ")"
		}
		row("`"+f.Name+"`", text, defaultOf(f, fields), f.Doc)
		if f.Kind == KindSecret {
			row("`"+f.Name+FileSuffix+"`", "path", "", "A file that holds it, in place of `"+f.Name+"`.")
		}
	}
}

// below is added to a key whose own keys are documented in a later section.
const below = ", see below"

// takes describes the values of a key, with their bounds.
func takes(f *Field) string {
	if len(f.Enum) > 0 {
		return "`" + strings.Join(f.Enum, "`, `") + "`"
	}
	words := map[Kind]string{
		KindText: "text", KindBlock: "text, also of several lines", KindPath: "path", KindSecret: "secret", KindURL: "URL", KindBool: "`true`, `false`",
		KindInt: "number", KindDuration: "duration", KindSize: "size", KindFree: "map",
		KindList: "list", KindSection: "keys" + below, KindSections: "list" + below,
	}
	text := words[f.Kind]
	switch {
	case f.Kind == KindList && f.Item == KindURL:
		text = "list of URLs"
	case f.Kind == KindList:
		text = "list of " + words[f.Item]
	}
	if f.Min != "" {
		text += fmt.Sprintf(", %s to %s", f.Min, f.Max)
	}
	return text
}

// defaultOf describes the default of a key.
func defaultOf(f *Field, all []Field) string {
	switch {
	case f.Required:
		return "required"
	case f.Group != "":
		var group []string
		for _, other := range all {
			if other.Group == f.Group {
				group = append(group, "`"+other.Name+"`")
			}
		}
		return "one of " + Listed("and", group) + " is required"
	case f.Derived != "":
		return f.Derived
	case f.Def != "":
		return "`" + strings.ReplaceAll(f.Def, ", ", "`, `") + "`"
	default:
		return ""
	}
}
