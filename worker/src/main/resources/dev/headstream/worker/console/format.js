// How figures are written: short, of constant width where they change, the unit always there.

const number = new Intl.NumberFormat("en-GB");

export function count(value) {
  return number.format(Math.round(value ?? 0));
}

export function percent(share) {
  return `${Math.round(100 * share)} %`;
}

export function duration(millis) {
  if (millis === undefined || millis === null) {
    return "–";
  }
  if (millis < 1000) {
    return `${Math.round(millis)} ms`;
  }
  const seconds = millis / 1000;
  if (seconds < 60) {
    return `${seconds.toFixed(1)} s`;
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    const rest = Math.floor(seconds % 60);
    return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`;
  }
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

export function bytes(value) {
  if (value >= 10e9) {
    return `${(value / 1e9).toFixed(0)} GB`;
  }
  return value >= 1e9 ? `${(value / 1e9).toFixed(1)} GB` : `${Math.round(value / 1e6)} MB`;
}

export function clock(millis) {
  return new Date(millis).toLocaleTimeString("en-GB");
}

export function ago(millis, now) {
  return `${duration(Math.max(0, now - millis))} ago`;
}

export function counted(value, noun) {
  return `${count(value)} ${noun}${value === 1 ? "" : "s"}`;
}
