// Package starter makes configurations for new users.
package starter

import (
	"embed"
	"errors"
	"fmt"
	"path"
	"strings"
	"text/template"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/suggest"
)

// templates holds a file for each type of sink, whose first line says what the sink is for,
// and head.tmpl with the rest of the configuration.
//
//go:embed templates
var templates embed.FS

// Kind is a kind of configuration.
type Kind struct {
	Name  string // of a public build system or of a type of sink
	About string // what the configuration is for
}

// Kinds returns all kinds: public build systems first, then sinks.
func Kinds() (all []Kind) {
	for _, name := range config.BrokerPresets() {
		p, _ := config.PresetOf(name)
		all = append(all, Kind{name, "all events of " + p.Title + " on standard output"})
	}
	files, _ := templates.ReadDir("templates") // an embedded folder
	for _, f := range files {
		if name := strings.TrimSuffix(f.Name(), ".tmpl"); name != "head" {
			about, _ := sinkText(name)
			all = append(all, Kind{name, about})
		}
	}
	return all
}

// Names returns the names of all kinds.
func Names() []string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, k.Name)
	}
	return names
}

// sinkText returns what the sink of a type is for, and its keys.
func sinkText(sink string) (about, keys string) {
	text, _ := templates.ReadFile(path.Join("templates", sink+".tmpl"))
	about, keys, _ = strings.Cut(string(text), "\n")
	return strings.TrimPrefix(about, "# "), keys
}

// Options select a configuration.
type Options struct {
	Kind   string
	Preset string // the public build system whose events the sink gets; "" for another one
	Queue  string // the name of the queue on a public broker
}

// view is the data of the templates.
type view struct {
	Options
	About  string
	Sink   string
	Preset *config.Preset
}

// Text returns a configuration. The only errors are about the options.
func Text(o Options) (string, error) {
	v := view{Options: o, Sink: o.Kind}
	for _, k := range Kinds() {
		if k.Name == o.Kind {
			v.About = k.About
		}
	}
	if v.About == "" {
		return "", fmt.Errorf("there is no configuration for %.40q%s; there is one for %s",
			o.Kind, suggest.Meant(o.Kind, Names()), strings.Join(Names(), ", "))
	}
	if _, err := config.BrokerPresetOf(o.Kind); err == nil {
		o.Preset, v.Sink = o.Kind, string(config.SinkStdout)
	}
	if o.Preset == "" {
		return v.render()
	}
	p, err := config.BrokerPresetOf(o.Preset)
	if err == nil && v.Sink == string(config.SinkAMQP) {
		err = errors.New("the broker of a preset does not allow publishing; leave out --preset, or choose another sink")
	}
	if err != nil {
		return "", err
	}
	v.Preset = &p
	return v.render()
}

func (v *view) render() (string, error) {
	_, keys := sinkText(v.Sink)
	t, err := template.ParseFS(templates, "templates/head.tmpl")
	if err == nil {
		t, err = t.New("sink").Parse(keys)
	}
	var text strings.Builder
	for _, part := range []string{"head", "sink", "queue"} {
		if err == nil {
			err = t.ExecuteTemplate(&text, part, v)
		}
	}
	if err != nil {
		return "", fmt.Errorf("make a configuration for %s: %w", v.Sink, err)
	}
	return text.String(), nil
}
