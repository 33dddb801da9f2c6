#!/bin/sh
# boot2docker's part, in the order of its version 19.03.12.
state=/var/lib/boot2docker

/etc/init.d/autoformat start
mkdir -p $state/etc $state/log
chown docker:docker $state
[ ! -s $state/etc/hostname ] || sethostname "$(cat $state/etc/hostname)"

# There it is cgroupfs-mount; this kernel's controllers are in the second hierarchy.
mount -t cgroup2 -o nsdelegate cgroup2 /sys/fs/cgroup
chown docker $state/log

# Without a network it must not hold up the rest, which is not known of the original.
# Debian's busybox has none at all.
timeout 5 ntpd -d -n -q -p 0.boot2docker.pool.ntp.org >>$state/log/ntp.log 2>&1

for file in $state/certs/*.pem $state/certs/*.crt; do
    [ -s "$file" ] || continue
    { echo; cat "$file"; } >>/etc/ssl/certs/ca-certificates.crt
done

[ ! -f $state/profile ] || . $state/profile

crond -L $state/log/crond.log

if [ -d $state/ssh ]; then
    rm -rf /usr/local/etc/ssh
else
    mv /usr/local/etc/ssh $state/
fi
ln -s $state/ssh /usr/local/etc/ssh
for kind in ecdsa ed25519; do
    file=$state/ssh/ssh_host_${kind}_key
    [ -f "$file" ] || ssh-keygen -q -t $kind -N '' -f "$file"
done
chown -R root:root $state/ssh
# Where its sshd looks for it, by how that is built.
/usr/sbin/sshd -f /usr/local/etc/ssh/sshd_config -o "HostKey $state/ssh/ssh_host_ecdsa_key" -o "HostKey $state/ssh/ssh_host_ed25519_key"

modprobe -a -q button evdev
acpid -l /var/log/acpid.log

[ ! -e $state/bootsync.sh ] || sh $state/bootsync.sh
env -i PATH="$PATH" /etc/init.d/docker start
[ ! -e $state/bootlocal.sh ] || sh $state/bootlocal.sh &
/opt/bootlocal.sh &
