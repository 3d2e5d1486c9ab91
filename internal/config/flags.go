package config

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// envPrefix begins every environment variable of ours.
const envPrefix = "HERAUT_"

// configFlag names the settings file itself.
const configFlag = "config"

// Flag is one setting, by its names in each layer. Its key in the settings
// file is Name.
type Flag struct {
	Name string // without the dashes
	Env  string
	// Commands have the flag.
	Commands []string
	Default  string
	// Usage is one line; the `word in backquotes` stands for the value.
	Usage string
	// Secret values are never shown.
	Secret bool
}

// Flags lists every setting, in the order of the help. The first, config, is
// the settings file's own name and no key in it.
func Flags() []Flag {
	all := settings()
	flags := make([]Flag, 0, len(all)+1)
	flags = append(flags, Flag{
		Name: configFlag, Env: envName(configFlag), Commands: slices.Clone(everyCommand),
		Usage: "settings `FILE` (YAML); its keys are the names of the flags",
	})
	for _, s := range all {
		s.Env = envName(s.Name)
		flags = append(flags, s.Flag)
	}
	return flags
}

// Bind gives cmd the flags of the settings that the command has. Load reads
// them.
func Bind(cmd *cobra.Command, command string) {
	if cmd.Annotations == nil {
		cmd.Annotations = map[string]string{}
	}
	cmd.Annotations[commandNote] = command
	for _, f := range Flags() {
		if !slices.Contains(f.Commands, command) && command != CheckCommand {
			continue
		}
		usage := f.Usage + " [$" + f.Env + "]"
		if f.boolean() {
			cmd.Flags().Bool(f.Name, f.Default == "true", usage)
		} else {
			cmd.Flags().String(f.Name, f.Default, usage)
		}
	}
}

func (f Flag) boolean() bool { return f.Default == "true" || f.Default == "false" }

// envName makes HERAUT_MX_PORT of mx-port, HERAUT_PLAN_CHANNEL of
// plan.channel.
func envName(key string) string {
	return envPrefix + strings.ToUpper(strings.NewReplacer("-", "_", ".", "_", " ", "_").Replace(key))
}
