package heraut_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"heraut/internal/config"
)

// herautCommand is what a container runs of ours: the words of the command
// and the names of its flags.
func herautCommand(args []string) (command string, flags []string) {
	var words []string
	for _, arg := range args {
		if name, isFlag := strings.CutPrefix(arg, "--"); isFlag {
			name, _, _ = strings.Cut(name, "=")
			flags = append(flags, name)
		} else if len(flags) == 0 {
			words = append(words, arg)
		}
	}
	return strings.Join(words, " "), flags
}

// takes reports whether a command has a setting, found by match.
func takes(command string, match func(config.Flag) bool) bool {
	return slices.ContainsFunc(config.Flags(), func(f config.Flag) bool {
		return match(f) && slices.Contains(f.Commands, command)
	})
}

func TestComposeSettingsExist(t *testing.T) {
	for name, service := range composeProject(t).Services {
		if service.Build == nil {
			continue
		}
		command, flags := herautCommand(service.Command)
		assert.True(t, takes(command, func(config.Flag) bool { return true }), "%s runs heraut %s", name, command)
		for _, flag := range flags {
			assert.True(t, takes(command, func(f config.Flag) bool { return f.Name == flag }), "%s: heraut %s has no --%s", name, command, flag)
		}
		for env := range service.Environment {
			assert.True(t, takes(command, func(f config.Flag) bool { return f.Env == env }), "%s: heraut %s reads no %s", name, command, env)
		}
	}
}

func TestComposeHealthChecksAreOurs(t *testing.T) {
	for name, service := range composeProject(t).Services {
		if service.Build == nil || oneShot(service) {
			continue
		}
		test := service.HealthCheck.Test
		require.Greater(t, len(test), 2, "health check of %s", name)
		assert.Equal(t, []string{"CMD", "heraut"}, []string(test[:2]), "health check of %s", name)
		assert.True(t, takes(test[2], func(config.Flag) bool { return true }), "%s: no command heraut %s", name, test[2])
	}
}

func TestDeploymentNamesOnlyVariablesThatExist(t *testing.T) {
	variable := regexp.MustCompile(`\bHERAUT_[A-Z_]+\b`)
	for _, path := range []string{"docker-compose.yml", "Dockerfile", "deploy/prepare.sh", "deploy/README.md"} {
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, name := range variable.FindAllString(string(content), -1) {
			known := slices.ContainsFunc(config.Flags(), func(f config.Flag) bool { return f.Env == name })
			assert.True(t, known, "%s names %s", path, name)
		}
	}
}
