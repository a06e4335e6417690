package config_test

import (
	"errors"
	"fmt"

	"github.com/kojiwatch/kojiwatch/config"
)

// All mistakes in a file are reported at once, with positions and suggestions.
func ExampleParse() {
	text := `
broker: {url: amqps://rabbitmq.example.com}
state_dir: /var/lib/kojiwatch
sinks:
  - name: chat
    type: webhok
`
	noVariables := func(string) (string, bool) { return "", false }
	_, err := config.Parse("kojiwatch.yaml", []byte(text), noVariables)
	if found, ok := errors.AsType[*config.Error](err); ok {
		for _, p := range found.Problems {
			fmt.Println(p)
		}
	}
	// Output: kojiwatch.yaml:6:11: sinks[0].type: "webhok" is not possible here; did you mean webhook? It must be stdout, log, file, exec, amqp, webhook, slack, mattermost, matrix, discord, teams, ntfy or email
}
