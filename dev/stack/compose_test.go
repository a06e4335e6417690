package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// variable matches a variable in docker-compose.yml with its default.
var variable = regexp.MustCompile(`\$\{(\w+):-([^}]*)\}`)

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile("../../" + file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestImages checks that images built here are never pulled, because somebody else may use
// their name in a registry, and that pulled images have a version.
func TestImages(t *testing.T) {
	var compose struct {
		Services map[string]struct {
			Image      string
			Build      any
			PullPolicy string `yaml:"pull_policy"`
		}
	}
	if err := yaml.Unmarshal([]byte(read(t, "docker-compose.yml")), &compose); err != nil {
		t.Fatal(err)
	}
	if len(compose.Services) < 6 {
		t.Fatalf("%d services", len(compose.Services))
	}
	for name, s := range compose.Services {
		image := variable.ReplaceAllString(s.Image, "$2")
		if s.Build != nil {
			if s.PullPolicy != "build" {
				t.Errorf("%s: %s, which is built here, may be pulled", name, image)
			}
			continue
		}
		if _, tag, _ := strings.Cut(image, ":"); !strings.ContainsAny(tag, "0123456789") {
			t.Errorf("%s: %s has no version", name, image)
		}
	}
}

// TestEnvironment compares .env.example with the variables of docker-compose.yml.
func TestEnvironment(t *testing.T) {
	example := read(t, ".env.example")
	known := map[string]bool{}
	for _, v := range variable.FindAllStringSubmatch(read(t, "docker-compose.yml"), -1) {
		known[v[1]] = true
		if !strings.Contains(example, "\n#"+v[1]+"="+v[2]+"\n") {
			t.Errorf(".env.example lacks %s=%s", v[1], v[2])
		}
	}
	for _, v := range regexp.MustCompile(`(?m)^#(\w+)=`).FindAllStringSubmatch(example, -1) {
		if !known[v[1]] {
			t.Errorf(".env.example has %s, which is not used", v[1])
		}
	}
}
